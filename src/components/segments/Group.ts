import {html} from "htl";
import {nodeAt, replaceAt, type Place} from "../../lib/rules/edit.js";
import {childrenOf, container, containerKind, type ContainerKind, type Rule} from "../../lib/rules/rule.js";
import {nodeActions} from "./actions.js";
import {keyOf, type Builder} from "./builder.js";
import {Grip} from "./Card.js";
import {groupKinds, groupTitle} from "./labels.js";
import {Menu} from "./Menu.js";

const shownAtFirst = 100;

/** A container: which of its rules must hold, and the rules, each drawn by `draw`. */
export function Group(
  builder: Builder,
  node: Rule,
  place: Place,
  draw: (child: Rule, place: Place) => HTMLElement
): HTMLElement {
  const {store} = builder;
  const kind = containerKind(node)!;
  const children = childrenOf(node);
  const {name} = node as {name?: string};
  const key = keyOf(place);
  const isRoot = place.length === 0;
  const put = (next: Rule, focus: string) => store.edit(replaceAt(store.rule, place, next), `${key}:${focus}`);
  const select = html`<select
    class="group-kind"
    aria-label=${isRoot ? "Which conditions must hold" : "Which conditions of this group must hold"}
    data-focus=${`${key}:kind`}
  >
    ${groupKinds.map(([value, text]) => html`<option value=${value} selected=${value === kind}>${text}</option>`)}
  </select>` as HTMLSelectElement;
  select.addEventListener("change", () => put(container(select.value as ContainerKind, children, name), "kind"));
  const title = html`<input
    class="group-name"
    type="text"
    aria-label="Name of this group"
    placeholder="Name of this group"
    value=${name ?? ""}
    maxlength="100"
    hidden=${!name}
    onchange=${() => put(container(kind, children, title.value.trim()), "kind")}
    onblur=${() => (title.hidden = title.value === "")}
  />` as HTMLInputElement;
  const rename = () => {
    title.hidden = false;
    title.focus();
  };
  const addGroup = () => {
    const at = [...place, childrenOf(nodeAt(store.rule, place)!).length];
    const empty: Rule = kind === "all" ? {any: []} : {all: []};
    store.edit(replaceAt(store.rule, place, container(kind, [...children, empty], name)), `${keyOf(at)}:add`);
    builder.say("Group added");
  };
  const item = (child: Rule, i: number) =>
    html`<li data-item=${keyOf([...place, i])} data-card=${containerKind(child) ? null : ""} data-joint=${joints[kind]}>
      ${draw(child, [...place, i])}
    </li>`;
  const list = html`<ol class="group-rules" data-list=${key}>
    ${children.slice(0, shownAtFirst).map(item)}
  </ol>`;
  const rest = children.length - shownAtFirst;
  const more = html`<button type="button" class="quiet">${`Show ${rest.toLocaleString("en-US")} more`}</button>`;
  more.addEventListener("click", () => {
    const from = list.children.length;
    list.append(...children.slice(from, from + shownAtFirst * 5).map((child, i) => item(child, from + i)));
    more.textContent = `Show ${(children.length - list.children.length).toLocaleString("en-US")} more`;
    if (list.children.length === children.length) more.remove();
    builder.refresh();
  });
  return html`<div class=${`group group-${kind}`} role="group" aria-label=${isRoot ? "The rule" : groupTitle(node)}>
    <div class="group-head">
      ${isRoot ? null : Grip(builder, place, groupTitle(node))} ${select} ${title}
      ${isRoot ? null : html`<span class="node-count" data-count=${key}></span>`}
      ${Menu(isRoot ? "Actions for the rule" : `Actions for ${groupTitle(node)}`, `${key}:menu`, () => nodeActions(builder, place, rename))}
    </div>
    ${children.length > 0 ? list : html`<div class="group-empty" data-list=${key}>${isRoot ? "Drag blocks here, or add them with the button below. Without a condition everybody is in." : "Empty: it says nothing until something is in it."}</div>`}
    ${rest > 0 ? more : null}
    <div class="group-foot">
      <button type="button" class="add" data-focus=${`${key}:add`} onclick=${() => builder.ask(place)}>
        + Condition
      </button>
      <button type="button" class="add" onclick=${addGroup}>+ Group</button>
    </div>
  </div>`;
}

const joints = {all: "and", any: "or", none: "nor"};
