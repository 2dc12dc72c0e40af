import {html} from "htl";
import {formatId, parseId} from "../lib/surrogate.js";
import {Empty} from "./Empty.js";
import {urlState} from "./url.js";

export interface CustomerFormOptions {
  /** Where the id stands in the page's address. */
  parameter: string;
  /** What is shown of the customer with a surrogate id. */
  find(id: string): Promise<Node>;
  /** A second button; it shows what it gives, or looks up the id that it gives. */
  other: {label: string; give(): Promise<Node | string>};
}

/**
 * Asks for a surrogate id and shows what is known of it. The id lives in the address; nothing is read before somebody
 * asks, and what goes wrong is said in place of the answer.
 */
export function CustomerForm({parameter, find, other}: CustomerFormOptions): HTMLElement {
  const id = urlState(parameter, "");
  const input = html`<input
    type="text"
    size="16"
    spellcheck="false"
    autocomplete="off"
    maxlength="20"
    value=${id.value}
    aria-describedby=${`${parameter}-help`}
  />` as HTMLInputElement;
  const result = html`<div class="lookup-result" role="status"></div>`;
  let asked = 0;
  const say = (content: Node | string) => result.replaceChildren(content);

  async function show(answer: () => Promise<Node>) {
    const mine = ++asked;
    say("Looking …");
    const found = await answer().catch((error: Error) => Empty("The lookup did not work.", error.message));
    if (mine === asked) say(found);
  }

  function lookUp(text: string) {
    const number = parseId(text);
    if (number === undefined) {
      return say(Empty(`"${text}" is no customer id.`, "An id has 13 letters and digits, without I, L, O and U."));
    }
    void show(() => find(formatId(number)));
  }

  function submit(event: Event) {
    event.preventDefault();
    id.value = input.value.trim();
    if (id.value) lookUp(id.value);
    else say("");
  }

  const giveOther = () =>
    void show(async () => {
      const given = await other.give();
      if (typeof given !== "string") return given;
      input.value = given;
      id.value = given;
      return await find(given);
    });

  id.subscribe((text) => {
    if (text === input.value.trim()) return;
    input.value = text;
    if (text) lookUp(text);
  });
  if (id.value) lookUp(id.value);
  return html`<div class="lookup">
    <form class="controls" onsubmit=${submit}>
      <label class="picker"><span>Customer id</span>${input}</label>
      <button type="submit" class="primary">Look up</button>
      <button type="button" class="plain" onclick=${giveOther}>${other.label}</button>
    </form>
    <p class="visually-hidden" id=${`${parameter}-help`}>13 letters and digits</p>
    ${result}
  </div>`;
}
