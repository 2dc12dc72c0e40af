import {html} from "htl";
import type {Companion} from "../companion.js";
import {formatPercent, plural} from "../format.js";
import type {CampaignRow, RateRow} from "./activation.js";
import {choice, labelled, text} from "./controls.js";
import {freeId, type Draft} from "./draft.js";
import {shareHeldOut} from "./shares.js";

export interface CampaignStepOptions {
  /** Undefined: a new one. */
  campaign: CampaignRow | undefined;
  taken: ReadonlySet<string>;
  rates: readonly RateRow[];
  companion: Companion | undefined;
  currency: string;
  /** What is to be seen: changed here. */
  asked: {rise: number; gain: number};
}

/**
 * The campaign that a delivery belongs to: of a new one its name, window and holdout; of one that there is its holdout,
 * as long as nobody is assigned to it. Tells of every change, and once at the beginning.
 */
export function CampaignStep(
  options: CampaignStepOptions,
  changed: (campaign: NonNullable<Draft["campaign"]>) => void
): HTMLElement {
  const {campaign} = options;
  if (!campaign) return newCampaign(options, changed);
  const mine: NonNullable<Draft["campaign"]> = {id: campaign.campaign_id};
  const tell = () => changed(mine);
  const part = html`<div></div>`;
  const explain = (why: string) => part.replaceChildren(html`<p class="muted">${heldOutText(campaign)} ${why}</p>`);
  if (campaign.is_assigned) {
    explain("It cannot be changed here: people are assigned already, and whoever is held out stays so.");
  } else if (!options.companion) {
    explain("Nobody is assigned yet: its definition can still be changed.");
  } else {
    void edit(options.companion, mine, part, tell).catch((error: Error) =>
      part.replaceChildren(html`<p class="bad">✕ ${error.message}</p>`)
    );
  }
  tell();
  return html`<div>${part}${askedFields(options, tell)}</div>`;
}

async function edit(companion: Companion, mine: NonNullable<Draft["campaign"]>, part: HTMLElement, tell: () => void) {
  const found = await companion.read("campaigns", mine.id);
  if (!found) return;
  const {parse} = await import("yaml");
  mine.text = found.text;
  mine.version = found.version;
  const before = shareHeldOut((parse(found.text) as {arms?: object} | null)?.arms);
  part.replaceChildren(
    heldOutSlider(before ?? 0, (heldOut) => {
      mine.heldOut = heldOut;
      tell();
    }),
    html`<p class="muted">
      ${before === null ? "Its arms have no shares yet: people cannot be assigned until they do." : "Nobody is assigned yet, so it can still be changed; after the first sending it stays as it is."}
    </p>`
  ); // prettier-ignore
  tell();
}

function newCampaign(options: CampaignStepOptions, changed: (campaign: NonNullable<Draft["campaign"]>) => void) {
  const {rates, taken} = options;
  const of = {name: "", heldOut: 0.2, windowDays: 7};
  const mine: NonNullable<Draft["campaign"]> = {id: "", made: of};
  const tell = () => changed(mine);
  const name = text("", (value) => {
    of.name = value;
    mine.id = freeId(value, taken);
    tell();
  });
  const days = [...new Set(rates.filter((row) => row.campaign_id === "").map((row) => row.window_days))].sort((a, b) => a - b); // prettier-ignore
  const window = choice(days.map((count) => [String(count), `within ${plural(count, "day")}`]), "7", (value) => {
    of.windowDays = Number(value);
    tell();
  }); // prettier-ignore
  const share = heldOutSlider(of.heldOut, (heldOut) => {
    of.heldOut = heldOut;
    tell();
  });
  tell();
  return html`<div>
    <div class="wizard-grid">${labelled("Its name", name)} ${labelled("A purchase counts", window)} ${share}</div>
    ${askedFields(options, tell)}
  </div>`;
}

function heldOutSlider(initial: number, take: (heldOut: number) => void): HTMLElement {
  const shown = html`<span>${formatPercent(initial, 0)}</span>`;
  const share = html`<input type="range" min="0" max="50" step="1" value=${Math.round(initial * 100)} oninput=${(event: Event) => {
    const heldOut = Number((event.target as HTMLInputElement).value) / 100;
    shown.textContent = formatPercent(heldOut, 0);
    take(heldOut);
  }} />`; // prettier-ignore
  return html`<label class="wizard-field"><span>Held out at random: ${shown}</span>${share}</label>`;
}

function askedFields({asked, currency}: CampaignStepOptions, tell: () => void): HTMLElement {
  const field = (label: string, value: number, take: (value: number) => void) =>
    labelled(
      label,
      text(
        String(value),
        (typed) => {
          if (!(Number(typed) > 0)) return;
          take(Number(typed));
          tell();
        },
        {type: "number", min: 0.1, step: "any"}
      )
    );
  return html`<div class="wizard-grid">
    ${field("Lift to be seen, points", asked.rise * 100, (value) => (asked.rise = value / 100))}
    ${field(`Gain to be seen, ${currency} per head`, asked.gain, (value) => (asked.gain = value))}
  </div>`;
}

function heldOutText({held_out: share}: CampaignRow): string {
  return share === null
    ? "Its definition names no shares: people cannot be assigned until it does."
    : `It holds out ${formatPercent(share)}, by its definition.`;
}
