import {html} from "htl";
import {CompanionError, type Companion, type Definition} from "../companion.js";
import {download} from "../download.js";
import {plural} from "../format.js";
import {urlState} from "../url.js";
import type {CampaignRow, DestinationRow, RateRow} from "./activation.js";
import {CampaignStep} from "./CampaignStep.js";
import {choice, labelled, text} from "./controls.js";
import {commandOf, draftFiles, freeId, missingOf, readFields, type Draft, type DraftFile} from "./draft.js";
import {DryRunReport} from "./DryRunReport.js";
import {kinds} from "./kinds.js";
import {Mapping} from "./Mapping.js";
import {PowerFigure} from "./PowerFigure.js";
import {ScheduleStep} from "./ScheduleStep.js";
import {kindName} from "./words.js";

export interface WizardOptions {
  audiences: readonly {audience_id: string; name: string; profiles: number | null; state: string}[];
  destinations: readonly DestinationRow[];
  campaigns: readonly CampaignRow[];
  rates: readonly RateRow[];
  /** What a mapping may name. */
  names: readonly string[];
  timeZone: string;
  currency: string;
  /** Writes into the workspace of a preview, and plans; undefined on a built site. */
  companion: Companion | undefined;
}

const made = "*new";

/** Plans a delivery: audience, destination, campaign with its holdout and what that can show, mapping and schedule. */
export function Wizard(options: WizardOptions): HTMLElement {
  const {audiences, destinations, campaigns, rates, timeZone, currency, companion} = options;
  const [audienceKey, destinationKey, campaignKey] = ["audience", "to", "campaign"].map((key) => urlState(key, "")) as [State, State, State]; // prettier-ignore
  const draft: Draft = {audience: "", destination: {id: ""}};
  const asked = {rise: 0.01, gain: 1};

  const aboutAudience = html`<p class="muted"></p>`;
  const destinationPart = html`<div></div>`;
  const campaignPart = html`<div></div>`;
  const powerPart = html`<div aria-live="polite"></div>`;
  const mappingPart = html`<div></div>`;
  const missing = html`<ul class="wizard-missing"></ul>`;
  const filesPart = html`<div></div>`;
  const said = html`<div role="status"></div>`;
  const dryPart = html`<div class="wizard-dry" aria-live="polite"></div>`;
  const save = html`<button type="button" class="primary" onclick=${saveAll}>
    ${companion ? "Save into the workspace" : "Download the YAML"}
  </button>` as HTMLButtonElement;
  const dry = html`<button type="button" class="plain" onclick=${tryIt}>Dry run</button>` as HTMLButtonElement;

  let files: DraftFile[] = [];
  /** What was written from here: it is written over, and nothing else. */
  const saved = new Map<string, Definition>();
  let shown = 0;
  let campaignStep = 0;
  const kind = () => draft.destination.made?.kind ?? destinations.find((one) => one.destination_id === draft.destination.id)?.kind; // prettier-ignore

  async function update() {
    const mine = ++shown;
    said.replaceChildren();
    dryPart.replaceChildren();
    powerPart.replaceChildren(...(draft.campaign && draft.audience ? [PowerFigure(rate(), {heldOut: heldOut(), currency, ...asked})] : [])); // prettier-ignore
    const lacks = missingOf(draft, kind());
    missing.replaceChildren(...lacks.map((sentence) => html`<li>${sentence}</li>`));
    save.disabled = dry.disabled = lacks.length > 0;
    try {
      const next = lacks.length > 0 ? [] : await draftFiles(draft);
      if (mine !== shown) return;
      files = next;
      filesPart.replaceChildren(...(lacks.length > 0 ? [] : preview()));
      if (files.length === 0) save.disabled = true;
    } catch (error) {
      if (mine !== shown) return;
      save.disabled = dry.disabled = true;
      missing.replaceChildren(html`<li class="bad">✕ ${(error as Error).message}</li>`);
    }
  }

  function preview(): HTMLElement[] {
    const parts = files.map(
      ({kind, id, text, isPart}) =>
        html`<figure class="wizard-file">
          <figcaption>${isPart ? "To be added to " : ""}<code>${kind}/${id}.yaml</code></figcaption>
          <pre tabindex="0" aria-label=${`${id}.yaml`}>${text}</pre>
        </figure>`
    );
    if (files.length === 0) parts.push(html`<p class="muted">There is nothing to write: all of this is defined already.</p>`); // prettier-ignore
    const command = html`<p>${draft.when ? "Or at once, by hand:" : "Sent by"} <code>${commandOf(draft, false)}</code></p>`; // prettier-ignore
    const first = html`<p>What it would do: <code>${commandOf(draft, true)}</code></p>`;
    return [...parts, ...(companion ? [command] : [command, first])];
  }

  function heldOut(): number {
    const {campaign} = draft;
    return (
      campaign?.made?.heldOut ??
      campaign?.heldOut ??
      campaigns.find((one) => one.campaign_id === campaign?.id)?.held_out ??
      0
    );
  }

  function rate(): RateRow | undefined {
    const {campaign, audience} = draft;
    const own = rates.filter((row) => row.audience_id === audience);
    if (!campaign?.made) return own.find((row) => row.campaign_id === campaign?.id);
    return own.find((row) => row.campaign_id === "" && row.window_days === campaign.made!.windowDays);
  }

  function takeAudience(id: string) {
    audienceKey.value = draft.audience = id;
    const found = audiences.find((one) => one.audience_id === id);
    aboutAudience.textContent = !found
      ? ""
      : `${plural(found.profiles ?? 0, "member")} at as-of${found.state === "published" ? "" : `; it is ${found.state}: only a published audience is sent`}.`; // prettier-ignore
    void update();
  }

  async function takeDestination(id: string) {
    destinationKey.value = id;
    destinationPart.replaceChildren();
    mappingPart.replaceChildren();
    delete draft.fields;
    if (id === made) {
      newDestination();
    } else {
      draft.destination = {id};
      if (id && companion) await readDestination(id);
      else if (id) mappingPart.append(html`<p class="muted">${fixedMapping(id)}</p>`);
    }
    void update();
  }

  async function readDestination(id: string) {
    try {
      const found = await companion!.read("destinations", id);
      if (draft.destination.id !== id || !found) return;
      draft.destination = {id, text: found.text, version: found.version};
      const {parse} = await import("yaml");
      showMapping(readFields((parse(found.text) as {fields?: object} | null)?.fields));
    } catch (error) {
      mappingPart.replaceChildren(html`<p class="bad">✕ ${(error as Error).message}</p>`);
    }
  }

  function fixedMapping(id: string): string {
    const fields = destinations.find((one) => one.destination_id === id)?.fields;
    return `What leaves: ${fields}. It can be changed in destinations/${id}.yaml, and here in the preview.`;
  }

  function showMapping(fields: Draft["fields"] & object) {
    draft.fields = fields;
    const mapping = Mapping(fields, "wizard-names", (next) => {
      draft.fields = next;
      void update();
    });
    mappingPart.replaceChildren(mapping);
  }

  function newDestination() {
    const taken = new Set(destinations.map((one) => one.destination_id));
    const of = {name: "", kind: kinds[0]!.kind, settings: {} as Record<string, string>, consent: ""};
    draft.destination = {id: "", made: of};
    const settings = html`<div class="wizard-grid"></div>`;
    const takeKind = (kind: string) => {
      of.kind = kind;
      const known = kinds.find((one) => one.kind === kind)!;
      of.settings = Object.fromEntries(known.settings.map(({key, initial = ""}) => [key, initial]));
      settings.replaceChildren(...known.settings.map((setting) => labelled(`${setting.label}${setting.isOptional ? " (optional)" : ""}`, input(setting)))); // prettier-ignore
      showMapping([...known.fields]);
    };
    const input = ({key, options, type, placeholder, initial = ""}: (typeof kinds)[number]["settings"][number]) => {
      const take = (value: string) => {
        of.settings[key] = value;
        void update();
      };
      if (options) return choice(options.map((option) => [option, option]), initial, take); // prettier-ignore
      if (type === "lines") return html`<textarea rows="5" oninput=${(event: Event) => take((event.target as HTMLTextAreaElement).value)}></textarea>`; // prettier-ignore
      return text(initial, take, {type: type === "number" ? "number" : "text", placeholder});
    };
    const name = text("", (value) => {
      of.name = value;
      draft.destination.id = freeId(value, taken);
      void update();
    });
    const consent = text("", (value) => {
      of.consent = value;
      void update();
    }, {placeholder: "newsletter", list: "wizard-names"}); // prettier-ignore
    destinationPart.replaceChildren(
      html`<div class="wizard-grid">
        ${labelled("Its name", name)}
        ${labelled("Kind", choice(kinds.map((one) => [one.kind, kindName(one.kind)]), of.kind, (kind) => { takeKind(kind); void update(); }))}
        ${labelled("Only people for whom (optional)", consent, "A condition over the person, such as a consent.")}
      </div>`,
      settings
    ); // prettier-ignore
    takeKind(of.kind);
  }

  function takeCampaign(id: string) {
    campaignKey.value = id;
    campaignPart.replaceChildren();
    delete draft.campaign;
    const mine = ++campaignStep;
    const campaign = campaigns.find((one) => one.campaign_id === id);
    if (id !== "") {
      const taken = new Set(campaigns.map((one) => one.campaign_id));
      const step = CampaignStep({campaign, taken, rates, companion, currency, asked}, (chosen) => {
        if (mine !== campaignStep) return;
        draft.campaign = chosen;
        void update();
      });
      campaignPart.append(step);
    }
    void update();
  }

  async function saveAll() {
    said.replaceChildren();
    const written: string[] = [];
    const tell = (verb: string) => html`<p class="good">✓ ${verb} ${written.join(" and ")}.</p>`;
    try {
      for (const {kind, id, text, version} of files) {
        const before = saved.get(`${kind}/${id}`);
        if (companion && before?.text !== text) {
          const now = await companion.save(kind, id, text, before?.version ?? version);
          saved.set(`${kind}/${id}`, now);
        } else if (!companion) download(`${id}.yaml`, new Blob([text], {type: "text/yaml"}));
        written.push(`${kind}/${id}.yaml`);
      }
      said.replaceChildren(tell(companion ? "Written:" : "Downloaded; its place in the workspace:"));
      save.disabled = companion !== undefined;
      // The page is drawn anew when the refresh is through: what was new is there by then.
      if (companion && draft.destination.id) destinationKey.value = draft.destination.id;
      if (companion && draft.campaign) campaignKey.value = draft.campaign.id;
    } catch (error) {
      said.replaceChildren(...(written.length > 0 ? [tell("Written:")] : []), problems(error));
    }
  }

  async function tryIt() {
    if (!companion) {
      dryPart.replaceChildren(html`<p>A dry run needs the warehouse. Run <code>${commandOf(draft, true)}</code></p>`);
      return;
    }
    dry.disabled = true;
    dryPart.replaceChildren(html`<p class="muted">planning …</p>`);
    try {
      const {audience, destination, campaign} = draft;
      const edits = files.map(({kind, id, text}) => ({kind, id, text}));
      const run = await companion.dryRun({audience, destination: destination.id, campaign: campaign?.id, edits});
      dryPart.replaceChildren(DryRunReport(run));
    } catch (error) {
      dryPart.replaceChildren(problems(error));
    } finally {
      dry.disabled = false;
    }
  }

  const pick = (label: string, options: (readonly [string, string])[], state: State, take: (value: string) => void) => {
    const known = options.some(([value]) => value === state.value) ? state.value : "";
    take(known);
    return labelled(label, choice(options, known, take));
  };
  const form = html`<form class="wizard" onsubmit=${(event: Event) => event.preventDefault()}>
    <datalist id="wizard-names">${options.names.map((name) => html`<option value=${name}></option>`)}</datalist>
    <div class="wizard-steps">
      <fieldset>
        <legend>Whom</legend>
        ${pick("Audience", [["", "Choose …"], ...audiences.map((one) => [one.audience_id, one.name] as const)], audienceKey, takeAudience)}
        ${aboutAudience}
      </fieldset>
      <fieldset>
        <legend>Where to</legend>
        ${pick("Destination", [["", "Choose …"], ...destinations.map((one) => [one.destination_id, `${one.name} (${kindName(one.kind)})`] as const), [made, "A new destination …"]], destinationKey, (id) => void takeDestination(id))}
        ${destinationPart}
      </fieldset>
      <fieldset>
        <legend>As part of which campaign, and who is held out</legend>
        ${pick("Campaign", [["", "None: nobody is held out"], ...campaigns.map((one) => [one.campaign_id, one.name] as const), [made, "A new campaign …"]], campaignKey, takeCampaign)}
        ${campaignPart}${powerPart}
      </fieldset>
      <fieldset>
        <legend>What leaves</legend>
        ${mappingPart}
      </fieldset>
      <fieldset>
        <legend>When</legend>
        ${ScheduleStep(timeZone, (when) => {
          draft.when = when;
          void update();
        })}
      </fieldset>
    </div>
    <div class="wizard-result" role="group" aria-label="The definition">
      ${missing}${filesPart}
      <p class="wizard-actions">${save} ${dry}</p>
      ${said}
    </div>
    ${dryPart}
  </form>`; // prettier-ignore
  return form;
}

type State = ReturnType<typeof urlState<string>>;

function problems(error: unknown): HTMLElement {
  const mistakes = error instanceof CompanionError ? error.mistakes : [];
  const lines =
    mistakes.length > 0
      ? mistakes.map(({file, line, message}) => `${file}:${line}: ${message}`)
      : [(error as Error).message];
  return html`<ul class="wizard-missing" role="alert">
    ${lines.map((line) => html`<li class="bad">✕ ${line}</li>`)}
  </ul>`;
}
