import {html} from "htl";

/**
 * Says plainly why nothing is shown, in place of a blank chart.
 *
 * @param message one sentence: `No campaigns: no source maps campaign_id.`
 * @param hint what to do about it, if anything
 */
export function Empty(message: string, hint?: string | Node): HTMLElement {
  return html`<div class="empty" role="note">
    <p>${message}</p>
    ${hint ? html`<p class="muted">${hint}</p>` : null}
  </div>`;
}
