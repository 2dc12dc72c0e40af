import {html} from "htl";
import type {Audience} from "./audiences.js";

/** Says why an audience could not be evaluated, and what its members are then. */
export function Failure({failure, state}: Pick<Audience, "failure" | "state">): HTMLElement {
  return html`<div class="audience-failure">
    <p>
      <b class="bad">The last refresh could not evaluate it.</b>
      ${state === "published" ? "It keeps the members that it had." : ""}
    </p>
    <p><code>${failure}</code></p>
  </div>`;
}
