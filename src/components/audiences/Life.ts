import {html} from "htl";
import {companion, type AudienceLife, type AudienceStep, type Companion} from "../companion.js";
import {openStepDialog} from "./StepDialog.js";

interface Step {
  to: AudienceStep;
  label: string;
  from: string[];
}

const steps: Step[] = [
  {to: "published", label: "Publish", from: ["draft", "inactive"]},
  {to: "inactive", label: "Deactivate …", from: ["published"]},
  {to: "deleted", label: "Delete …", from: ["draft", "published", "inactive"]}
];

/** The steps of an audience's life, in a preview; on a built site, which nobody can write through, nothing. */
export function Life({audience_id: id, name}: {audience_id: string; name: string}): HTMLElement | null {
  const server = companion();
  if (!server) return null;
  const buttons = html`<div class="life-steps"></div>`;
  const status = html`<p class="muted" role="status" tabindex="-1"></p>`;
  const error = html`<p class="bad" role="alert"></p>`;

  async function show() {
    try {
      draw(await server!.audience(id));
    } catch (thrown) {
      buttons.replaceChildren();
      say(thrown);
    }
  }

  function draw(life: AudienceLife) {
    const offered = steps.filter(({from}) => from.includes(life.state));
    buttons.replaceChildren(
      ...offered.map(({to, label}) => {
        const act = () => (to === "published" ? void step(server!, to) : confirm(to, life));
        return html`<button type="button" class="plain" data-step=${to} onclick=${act}>${label}</button>`;
      })
    );
  }

  function confirm(to: "inactive" | "deleted", life: AudienceLife) {
    openStepDialog({id, name, to, life, step: (replaceBy) => take(server!, to, replaceBy), done: () => status.focus()});
  }

  async function step(by: Companion, to: AudienceStep) {
    await take(by, to).then(() => status.focus(), say);
  }

  /** Takes the step and says so. Throws CompanionError. */
  async function take(by: Companion, to: AudienceStep, replaceBy?: string) {
    error.textContent = "";
    const {replaced} = await by.changeAudience(id, to, replaceBy);
    const others = replaced.map(({kind, id: other}) => `${kind} ${other}`).join(", ");
    const said = {
      published: `${name} is published: its stays begin with the next refresh.`,
      inactive: `${name} is inactive: its stays end with the next refresh.`,
      deleted: `${name} is deleted: its stays end with the next refresh.${others && ` Now naming ${replaceBy}: ${others}.`}`
    }[to];
    if (to === "deleted") buttons.replaceChildren(html`<a href="../audiences.html">All audiences</a>`);
    else await show();
    status.textContent = said;
  }

  function say(thrown: unknown) {
    const {message} = thrown as Error;
    error.textContent = message;
  }

  void show();
  return html`<section class="life" aria-label="Its life">${buttons}${status}${error}</section>`;
}
