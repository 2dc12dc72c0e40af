import {html} from "htl";
import {searchBlocks, type Block} from "./blocks.js";
import {Distribution} from "./Distribution.js";
import type {Dragging} from "./dragging.js";

export interface BlockPanelOptions {
  blocks: readonly Block[];
  dragging: Dragging;
  /** Puts a block where the panel was last asked to add. */
  add(block: Block): void;
  /** The reader leaves without adding. */
  leave(): void;
}

export interface BlockPanel {
  element: HTMLElement;
  /** Asks for a block: says where it goes, and puts the focus into the search. */
  ask(where: string): void;
  setTarget(where: string): void;
  close(): void;
}

const tabs = ["All", "Attributes", "Events", "Audiences"] as const;
const shownAtFirst = 40;

/**
 * What rules are built of, searchable. Blocks are dragged into the rule, or added where the panel says: arrow keys move
 * from the search into the list, Enter adds, the right arrow shows a block's values.
 */
export function BlockPanel({blocks, dragging, add, leave}: BlockPanelOptions): BlockPanel {
  let tab: (typeof tabs)[number] = "All";
  const opened = new Set<Block>();
  const unfolded = new Set<string>();
  const target = html`<p class="blocks-target muted" id="blocks-target"></p>`;
  const status = html`<p class="visually-hidden" role="status"></p>`;
  const list = html`<div class="blocks-list" onkeydown=${walk}></div>`;
  const search = html`<input
    type="search"
    class="blocks-search"
    aria-label="Search blocks"
    aria-describedby="blocks-target"
    placeholder="Search blocks …"
    autocomplete="off"
    data-focus="blocks"
    oninput=${() => show(true)}
    onkeydown=${fromSearch}
  />` as HTMLInputElement;
  const radios: HTMLInputElement[] = [];
  const filters = tabs
    .filter((name) => name === "All" || blocks.some((block) => block.tab === name))
    .map((name) => {
      const input = html`<input
        type="radio"
        name="blocks-tab"
        value=${name}
        checked=${name === tab}
      />` as HTMLInputElement;
      radios.push(input);
      input.addEventListener("change", () => {
        tab = name;
        show(true);
      });
      return html`<label>${input}<span>${name}</span></label>`;
    });
  const element = html`<section class="blocks" aria-label="Blocks" onkeydown=${escape}>
    <div class="blocks-head">
      <h2>Blocks</h2>
      <button type="button" class="quiet blocks-close" onclick=${leave}>Close</button>
    </div>
    ${search}
    <fieldset class="picker-radio blocks-tabs">
      <legend class="visually-hidden">Kind of block</legend>
      <div>${filters}</div>
    </fieldset>
    ${target}${status}${list}
  </section>`;

  function show(isSearching = false) {
    const found = searchBlocks(blocks, search.value).filter((block) => tab === "All" || block.tab === tab);
    const groups = new Map<string, Block[]>();
    for (const block of found) groups.set(block.group, [...(groups.get(block.group) ?? []), block]);
    list.replaceChildren(...[...groups].map(([name, members]) => group(name, members)));
    if (found.length === 0) list.append(html`<p class="muted blocks-none">No block is called that.</p>`);
    buttons()[0]?.setAttribute("tabindex", "0");
    if (isSearching) status.textContent = `${found.length} ${found.length === 1 ? "block" : "blocks"}`;
  }

  function group(name: string, members: Block[]) {
    const isWhole = unfolded.has(name) || members.length <= shownAtFirst + 5;
    const shown = isWhole ? members : members.slice(0, shownAtFirst);
    const more = () => {
      unfolded.add(name);
      show();
      [...list.querySelectorAll<HTMLElement>(`[data-group="${CSS.escape(name)}"] .block`)][shownAtFirst]?.focus();
    };
    return html`<div data-group=${name}>
      <h3>${name}</h3>
      <ul>
        ${shown.map(item)}
      </ul>
      ${isWhole ? null : html`<button type="button" class="quiet" onclick=${more}>${members.length - shown.length} more</button>`}
    </div>`;
  }

  function item(block: Block) {
    const button = html`<button type="button" class="block" tabindex="-1" onclick=${() => add(block)}>
      <span class="grip" aria-hidden="true"></span>
      <span class="block-title">${block.title}</span>
      <span class="block-facts">${block.facts}</span>
    </button>`;
    dragging.handle(button, () => ({make: block.make}), block.title);
    const values = html`<button type="button" class="block-values" tabindex="-1" onclick=${() => toggle()}></button>`;
    const details = html`<div class="block-details"></div>`;
    const li = html`<li>${button}${values}${details}</li>`;
    const toggle = (isOpen = !opened.has(block)) => {
      if (isOpen) opened.add(block);
      else opened.delete(block);
      values.setAttribute("aria-expanded", String(isOpen));
      values.setAttribute("aria-label", `${block.title}: ${isOpen ? "hide" : "show"} description and values`);
      details.replaceChildren(...(isOpen ? describe(block) : []));
    };
    button.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") toggle(true);
      else if (event.key === "ArrowLeft") toggle(false);
      else return;
      event.preventDefault();
    });
    toggle(opened.has(block));
    return li;
  }

  function fromSearch(event: KeyboardEvent) {
    const first = buttons()[0];
    if (event.key === "ArrowDown") focus(first);
    else if (event.key === "Enter") first?.click();
    else return;
    event.preventDefault();
  }

  function walk(event: KeyboardEvent) {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const steps: Record<string, number> = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1};
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0) search.focus();
    else focus(all[next]);
  }

  function focus(button: HTMLElement | undefined) {
    if (!button) return;
    for (const other of list.querySelectorAll(".block[tabindex='0']")) other.setAttribute("tabindex", "-1");
    button.setAttribute("tabindex", "0");
    button.focus();
  }

  function escape(event: KeyboardEvent) {
    if (event.key !== "Escape") return;
    if (event.target === search && search.value !== "") {
      search.value = "";
      show(true);
    } else leave();
    event.preventDefault();
  }

  const buttons = () => [...list.querySelectorAll<HTMLElement>(".block")];
  const setTarget = (where: string) => (target.textContent = where);
  show();
  return {
    element,
    setTarget,
    ask(where) {
      setTarget(where);
      element.classList.add("is-open");
      search.value = "";
      tab = "All";
      radios[0]!.checked = true;
      show();
      search.focus();
    },
    close: () => element.classList.remove("is-open")
  };
}

function describe(block: Block): (Node | string)[] {
  const {description, unpublished, field} = block;
  return [
    ...(description ? [html`<p>${description}</p>`] : []),
    ...(unpublished ? [html`<p class="muted">${unpublished}</p>`] : []),
    ...(field ? [Distribution(field)] : [])
  ];
}
