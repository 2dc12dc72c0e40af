import {html} from "htl";

const tones: Record<string, string> = {published: "good", draft: "warn", inactive: "muted"};

/** An audience's place in its life, as a word with its colour; beside it, that it could not be evaluated. */
export function State(state: string, failure: string | null = null): HTMLElement {
  const word = html`<span class=${tones[state] ?? "muted"}>${state}</span>`;
  return failure === null ? word : html`<span>${word}, <span class="bad" title=${failure}>failed</span></span>`;
}
