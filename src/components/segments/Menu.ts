import {html} from "htl";

/** An entry of a menu: what it says, what it does, and the key that does the same where it stands. */
export interface Action {
  label: string;
  act(): void;
  keys?: string;
}

/** A button that opens a menu: arrow keys move in it, Enter chooses, Escape closes. */
export function Menu(label: string, focus: string, actions: () => Action[]): HTMLElement {
  const button = html`<button
    type="button"
    class="menu-button"
    aria-label=${label}
    aria-haspopup="menu"
    aria-expanded="false"
    data-focus=${focus}
    onclick=${() => (list ? close() : open())}
    onkeydown=${(event: KeyboardEvent) => event.key === "ArrowDown" && (event.preventDefault(), open())}
  >
    ⋯
  </button>`;
  const menu = html`<div class="menu">${button}</div>`;
  let list: HTMLElement | undefined;

  function open() {
    if (list) return;
    const items = actions().map(
      ({label: text, act, keys}) =>
        html`<button type="button" role="menuitem" tabindex="-1" onclick=${() => (close(), act())}>
          <span>${text}</span>${keys ? html`<kbd>${keys}</kbd>` : null}
        </button>`
    );
    list = html`<div role="menu" aria-label=${label} onkeydown=${key} onfocusout=${leave}>${items}</div>`;
    menu.append(list);
    const {right} = list.getBoundingClientRect();
    list.classList.toggle("opens-left", right > document.documentElement.clientWidth - 8);
    button.setAttribute("aria-expanded", "true");
    items[0]?.focus();
  }

  function close() {
    list?.remove();
    list = undefined;
    button.setAttribute("aria-expanded", "false");
  }

  function leave(event: FocusEvent) {
    if (!menu.contains(event.relatedTarget as Element | null)) close();
  }

  function key(event: KeyboardEvent) {
    const items = [...list!.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1};
    const next = steps[event.key];
    if (next !== undefined) items.at(next % items.length)?.focus();
    else if (event.key === "Escape") {
      close();
      button.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return menu;
}
