import {html} from "htl";
import type {Trouble} from "../catalog.js";

/** What is stale or failed, one line each, or that nothing is. */
export function Health(troubles: readonly (Omit<Trouble, "table"> & {href?: string})[], good: string): HTMLElement {
  if (troubles.length === 0) return html`<p class="health good">✓ ${good}</p>`;
  return html`<ul class="health">
    ${troubles.map(({tone, text, href}) => html`<li class=${tone}>${tone === "bad" ? "✕" : "⚠"} ${href ? html`<a href=${href}>${text}</a>` : text}</li>`)}
  </ul>`;
}
