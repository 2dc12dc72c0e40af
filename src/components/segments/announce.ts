import {html} from "htl";

/** A line that is read out and not seen: says what an edit did. */
export function announcer(): {element: HTMLElement; say(text: string): void} {
  const element = html`<p class="visually-hidden" role="status" aria-live="polite"></p>`;
  return {
    element,
    say(text) {
      // A text that stays the same is not read out again: a space makes it another.
      element.textContent = element.textContent === text ? `${text}\u00a0` : text;
    }
  };
}
