import {html} from "htl";

export interface Step {
  name: string;
  href: string;
  /** The question that the page answers. */
  question: string;
  /** What there is to see now, in a few words. */
  state: string;
}

/** The steps of the loop as links, each with what there is to see. */
export function Loop(...steps: Step[]): HTMLElement {
  return html`<ol class="loop">
    ${steps.map(
      ({name, href, question, state}) =>
        html`<li>
          <a href=${href}><b>${name}</b><span>${question}</span><span class="loop-state">${state}</span></a>
        </li>`
    )}
  </ol>`;
}
