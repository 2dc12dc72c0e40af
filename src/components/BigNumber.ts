import {html} from "htl";

export interface BigNumberOptions {
  label: string;
  /** As it is to be read: already formatted. */
  value: string;
  /** What stands below: an interval, a denominator, a comparison. */
  note?: string | Node;
  /** The change since last time, with its sign: `+3.2%`. */
  change?: string;
  /** Whether the change is good news; default: neither. */
  tone?: "good" | "bad";
  /** Makes the card a link. */
  href?: string;
}

/** One headline figure: a label, the number, and what it is compared with. */
export function BigNumber({label, value, note, change, tone, href}: BigNumberOptions): HTMLElement {
  const body = html.fragment`<span class="number-label">${label}</span>
    <span class="number-value">${value}</span>
    ${change ? html`<span class=${`number-change ${tone ?? ""}`}>${change}</span>` : null}
    ${note ? html`<span class="number-note">${note}</span>` : null}`;
  return href ? html`<a class="number" href=${href}>${body}</a>` : html`<div class="number">${body}</div>`;
}

/** A row of headline figures that wraps on a phone. */
export function BigNumbers(...numbers: BigNumberOptions[]): HTMLElement {
  return html`<div class="numbers">${numbers.map(BigNumber)}</div>`;
}
