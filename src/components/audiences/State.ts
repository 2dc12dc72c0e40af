import {html} from "htl";

const tones: Record<string, string> = {published: "good", draft: "warn", inactive: "muted"};

/** An audience's place in its life, as a word with its colour. */
export function State(state: string): HTMLElement {
  return html`<span class=${tones[state] ?? "muted"}>${state}</span>`;
}
