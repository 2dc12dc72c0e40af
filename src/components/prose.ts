import {html} from "htl";

/** Plain text in which `backticks` mark code, as elements. */
export function prose(text: string): DocumentFragment {
  return html.fragment`${text.split("`").map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
