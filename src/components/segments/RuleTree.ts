import {html} from "htl";
import {
  duplicateAt,
  insertAt,
  negateAt,
  nodeAt,
  replaceAt,
  stepAt,
  unwrapAt,
  wrapAt,
  type Place
} from "../../lib/rules/edit.js";
import {fieldFamily, fieldOf, type Catalogue} from "../../lib/rules/field.js";
import {operatorsOf, type Operator} from "../../lib/rules/operators.js";
import {childrenOf, container, containerKind, testOf, type Condition, type ContainerKind, type Rule} from "../../lib/rules/rule.js"; // prettier-ignore
import type {Bins, DragCounts} from "../../lib/rules/drag.js";
import {pickField} from "./FieldPicker.js";
import {fieldTitle, firstCondition, withOperator, type ProfileField} from "./fields.js";
import {operatorLabel} from "./labels.js";
import type {SegmentStore} from "./store.js";
import {ValueControl} from "./ValueControl.js";

export interface TreeOptions {
  fields: readonly ProfileField[];
  known: Catalogue;
  grab(place: Place, bins: Bins): Promise<DragCounts | undefined>;
}

/** The rule as nested groups of conditions, drawn anew whenever its shape changes. */
export function RuleTree(store: SegmentStore, options: TreeOptions): HTMLElement {
  const root = html`<div class="rule-tree"></div>`;
  const draw = (focus?: string) => {
    root.replaceChildren(Node(store, options, store.rule, []));
    if (focus) root.querySelector<HTMLElement>(`[data-focus="${focus}"]`)?.focus();
  };
  draw();
  store.subscribe(({kind, focus}) => {
    if (kind === "structure") draw(focus);
  });
  return root;
}

function Node(store: SegmentStore, options: TreeOptions, node: Rule, place: Place): HTMLElement {
  return containerKind(node)
    ? Group(store, options, node, place)
    : ConditionRow(store, options, node as Condition, place);
}

function Group(store: SegmentStore, options: TreeOptions, node: Rule, place: Place): HTMLElement {
  const kind = containerKind(node)!;
  const children = childrenOf(node);
  const {name} = node as {name?: string};
  const key = place.join(".");
  const isRoot = place.length === 0;
  const select = html`<select
    aria-label=${isRoot ? "Which conditions must hold" : "Which conditions of this group must hold"}
    data-focus=${`${key}:kind`}
  >
    ${kinds.map(([value, text]) => html`<option value=${value} selected=${value === kind}>${text}</option>`)}
  </select>` as HTMLSelectElement;
  select.addEventListener("change", () =>
    store.edit(replaceAt(store.rule, place, container(select.value as ContainerKind, children, name)), `${key}:kind`)
  );
  const addCondition = async () => {
    const field = await pickField(options.fields);
    const index = childrenOf(nodeAt(store.rule, place)!).length;
    if (field)
      store.edit(
        insertAt(store.rule, [...place, index], firstCondition(field)),
        `${[...place, index].join(".")}:operator`
      );
    else document.querySelector<HTMLElement>(`[data-focus="${key}:add"]`)?.focus();
  };
  const addGroup = () => {
    const at = [...place, children.length];
    store.edit(insertAt(store.rule, at, {any: []}), `${at.join(".")}:add`);
  };
  const title = html`<input
    class="group-name"
    type="text"
    aria-label="Name of this group"
    placeholder="Name (optional)"
    value=${name ?? ""}
    maxlength="100"
    onchange=${(event: Event) => {
      const text = (event.target as HTMLInputElement).value.trim();
      store.edit(replaceAt(store.rule, place, container(kind, children, text)), `${key}:kind`);
    }}
  />`;
  return html`<fieldset class=${`group group-${kind}`}>
    <legend class="visually-hidden">${name ?? (isRoot ? "The rule" : `Group: ${kind}`)}</legend>
    <div class="group-head">
      ${select} ${isRoot ? null : title} ${isRoot ? null : html`<span class="node-count" data-count=${key}></span>`}
      ${isRoot ? null : Menu(store, node, place)}
    </div>
    <ol class="group-rules">
      ${children.map((child, i) => html`<li>${Node(store, options, child, [...place, i])}</li>`)}
    </ol>
    <div class="group-foot">
      <button type="button" class="add" data-focus=${`${key}:add`} onclick=${addCondition}>+ Condition</button>
      <button type="button" class="add" onclick=${addGroup}>+ Group</button>
      ${isRoot ? null : html`<span class="empty-note">${children.length === 0 ? "An empty group says nothing." : ""}</span>`}
    </div>
  </fieldset>`;
}

function ConditionRow(store: SegmentStore, options: TreeOptions, condition: Condition, place: Place): HTMLElement {
  const key = place.join(".");
  let field: ProfileField;
  try {
    field = fieldOf(condition, options.known) as ProfileField;
  } catch (error) {
    return html`<div class="condition broken">
      <span class="bad">✕ ${(error as Error).message}</span>${Menu(store, condition, place)}
    </div>`;
  }
  const {operator, operand} = testOf(condition);
  const select = html`<select aria-label=${`${fieldTitle(field)}: how to compare`} data-focus=${`${key}:operator`}>
    ${operatorsOf(fieldFamily(field)).map((name) => html`<option value=${name} selected=${name === operator}>${operatorLabel(name, field)}</option>`)}
  </select>` as HTMLSelectElement;
  select.addEventListener("change", () => {
    const present = testOf(nodeAt(store.rule, place) as Condition);
    const next = withOperator(field, select.value as Operator, present);
    store.edit(replaceAt(store.rule, place, next), `${key}:operator`);
  });
  const change = async () => {
    const next = await pickField(options.fields);
    if (next) store.edit(replaceAt(store.rule, place, firstCondition(next)), `${key}:operator`);
    else document.querySelector<HTMLElement>(`[data-focus="${key}:field"]`)?.focus();
  };
  const control = ValueControl(field, operator, operand, {
    input: (next, isDragging) =>
      store.set(
        place,
        {...withOperator(field, operator), [operator]: next} as Condition,
        isDragging ? "drag" : "value"
      ),
    settle() {
      store.set(place, nodeAt(store.rule, place)!, "value");
      store.settle();
    },
    grab: (bins) => options.grab(place, bins)
  });
  return html`<div class="condition">
    <button
      type="button"
      class="field-button"
      data-focus=${`${key}:field`}
      title=${field.description || null}
      onclick=${change}
    >
      ${fieldTitle(field)}
    </button>
    ${select}
    <div class="condition-value">${control}</div>
    <span class="node-count" data-count=${key}></span>
    ${Menu(store, condition, place)}
  </div>`;
}

function Menu(store: SegmentStore, node: Rule, place: Place): HTMLElement {
  const key = place.join(".");
  const isGroup = containerKind(node) !== undefined;
  const step = (by: 1 | -1) => {
    const moved = stepAt(store.rule, place, by);
    store.edit(moved.rule, `${moved.place.join(".")}:menu`);
  };
  const parent = place.slice(0, -1).join(".");
  const actions: [string, () => void][] = [
    ["Negate", () => store.edit(negateAt(store.rule, place), `${key}:menu`)],
    ["Duplicate", () => store.edit(duplicateAt(store.rule, place), `${key}:menu`)],
    ["Put into a group", () => store.edit(wrapAt(store.rule, place, "any"), `${key}:menu`)],
    ...(isGroup
      ? [
          ["Take out of the group", () => store.edit(unwrapAt(store.rule, place), `${parent}:kind`)] as [
            string,
            () => void
          ]
        ]
      : []),
    ["Move up", () => step(-1)],
    ["Move down", () => step(1)],
    ["Delete", () => store.edit(replaceAt(store.rule, place, undefined), `${parent}:add`)]
  ];
  const menu = html`<details class="menu">
    <summary aria-label=${`Actions for this ${isGroup ? "group" : "condition"}`} data-focus=${`${key}:menu`}>⋯</summary>
    <div>${actions.map(([text, act]) => html`<button type="button" onclick=${act}>${text}</button>`)}</div>
  </details>` as HTMLDetailsElement;
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")!.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget as Element | null)) menu.open = false;
  });
  return menu;
}

const kinds: [ContainerKind, string][] = [
  ["all", "All of these hold"],
  ["any", "Any of these holds"],
  ["none", "None of these holds"]
];
