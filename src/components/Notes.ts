import {html} from "htl";

/** Remarks under a figure, one sentence each; nothing where there are none. */
export function Notes(sentences: readonly string[]): HTMLElement {
  if (sentences.length === 0) return html`<span hidden></span>`;
  return html`<ul class="notes">
    ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
  </ul>`;
}
