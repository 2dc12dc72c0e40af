import {duplicateAt, insertAt, moveTo, negateAt, nodeAt, replaceAt, stepAt, unwrapAt, wrapAt, type Place} from "../../lib/rules/edit.js"; // prettier-ignore
import {childrenOf, containerKind, type Rule} from "../../lib/rules/rule.js";
import {keyOf, type Builder} from "./builder.js";
import type {Cargo, Target} from "./dragging.js";
import {groupTitle} from "./labels.js";
import type {Action} from "./Menu.js";

/** What can be done with the node at a place, as its menu lists it. */
export function nodeActions(builder: Builder, place: Place, rename?: () => void): Action[] {
  const isGroup = containerKind(nodeAt(builder.store.rule, place)!) !== undefined;
  const isRoot = place.length === 0;
  return [
    {label: "Negate", act: () => negate(builder, place)},
    ...(rename ? [{label: "Name …", act: rename}] : []),
    {label: "Put into a group", act: () => wrap(builder, place)},
    ...(isGroup && !isRoot ? [{label: "Take out of the group", act: () => unwrap(builder, place)}] : []),
    ...(isRoot
      ? []
      : [
          {label: "Duplicate", act: () => duplicate(builder, place)},
          {label: "Move up", keys: "↑", act: () => step(builder, place, -1)},
          {label: "Move down", keys: "↓", act: () => step(builder, place, 1)},
          {label: "Move out", keys: "←", act: () => moveOut(builder, place)},
          {label: "Move in", keys: "→", act: () => moveIn(builder, place)},
          {label: "Delete", keys: "Del", act: () => remove(builder, place)}
        ])
  ];
}

/** What a key does to the node whose grip has the focus. */
export function gripKey(builder: Builder, place: Place, event: KeyboardEvent): void {
  const keys: Record<string, () => void> = {
    ArrowUp: () => step(builder, place, -1),
    ArrowDown: () => step(builder, place, 1),
    ArrowLeft: () => moveOut(builder, place),
    ArrowRight: () => moveIn(builder, place),
    Delete: () => remove(builder, place),
    Backspace: () => remove(builder, place)
  };
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  act();
}

/** Lets go of what was dragged. */
export function drop(builder: Builder, cargo: Cargo, {place, onto}: Target): void {
  const {store, say, title} = builder;
  const node = "make" in cargo ? cargo.make() : nodeAt(store.rule, cargo.from);
  if (!node) return;
  if (onto) {
    const under = nodeAt(store.rule, place)!;
    const grouped = replaceAt(store.rule, place, {[innerKind(store.rule, place)]: [under, node]} as unknown as Rule);
    const rule = "make" in cargo ? grouped : replaceAt(grouped, cargo.from, undefined);
    const at = "make" in cargo ? place : shifted(place, cargo.from);
    store.edit(rule, `${keyOf([...at, 1])}:first`);
    return say(`${title(node)} grouped with ${title(under)}`);
  }
  if ("make" in cargo) return insert(builder, place, node);
  const moved = moveTo(store.rule, cargo.from, place);
  if (moved) settle(builder, moved);
}

/** Puts a new node at a place and the focus into it. */
export function insert(builder: Builder, place: Place, node: Rule): void {
  builder.store.edit(insertAt(builder.store.rule, place, node), `${keyOf(place)}:first`);
  builder.say(`${builder.title(node)} added, ${whereabouts(builder, place)}`);
}

function step(builder: Builder, place: Place, by: -1 | 1) {
  const moved = stepAt(builder.store.rule, place, by);
  if (moved.rule === builder.store.rule) return builder.say(`Already ${by < 0 ? "first" : "last"}`);
  settle(builder, moved);
}

function moveOut(builder: Builder, place: Place) {
  if (place.length < 2) return builder.say("Already in the outermost group");
  const parent = place.slice(0, -1);
  const moved = moveTo(builder.store.rule, place, [...parent.slice(0, -1), parent.at(-1)! + 1]);
  if (moved) settle(builder, moved);
}

/** Into the group above, or else the one below, or else a new one. */
function moveIn(builder: Builder, place: Place) {
  const {rule} = builder.store;
  const [parent, index] = [place.slice(0, -1), place.at(-1)!];
  const siblings = childrenOf(nodeAt(rule, parent)!);
  const [above, below] = [siblings[index - 1], siblings[index + 1]];
  const target =
    above && containerKind(above)
      ? [...parent, index - 1, childrenOf(above).length]
      : below && containerKind(below)
        ? [...parent, index + 1, 0]
        : undefined;
  if (!target) return wrap(builder, place);
  const moved = moveTo(rule, place, target);
  if (moved) settle(builder, moved);
}

function settle(builder: Builder, {rule, place}: {rule: Rule; place: Place}) {
  builder.store.edit(rule, `${keyOf(place)}:grip`);
  builder.say(`${builder.title(nodeAt(rule, place)!)} moved, ${whereabouts(builder, place)}`);
}

function remove(builder: Builder, place: Place) {
  const {store, say, title} = builder;
  const [parent, index] = [place.slice(0, -1), place.at(-1)!];
  const name = title(nodeAt(store.rule, place)!);
  const rule = replaceAt(store.rule, place, undefined);
  const left = childrenOf(nodeAt(rule, parent)!).length;
  const next = left === 0 ? `${keyOf(parent)}:add` : `${keyOf([...parent, Math.min(index, left - 1)])}:grip`;
  store.edit(rule, next);
  say(`${name} deleted`);
}

function duplicate(builder: Builder, place: Place) {
  const copy = [...place.slice(0, -1), place.at(-1)! + 1];
  builder.store.edit(duplicateAt(builder.store.rule, place), `${keyOf(copy)}:grip`);
  builder.say(`${builder.title(nodeAt(builder.store.rule, copy)!)} duplicated, ${whereabouts(builder, copy)}`);
}

function negate(builder: Builder, place: Place) {
  const {store, say, title} = builder;
  store.edit(negateAt(store.rule, place), `${keyOf(place)}:menu`);
  say(`Negated: ${title(nodeAt(store.rule, place)!)}`);
}

function wrap(builder: Builder, place: Place) {
  const {store, say, title} = builder;
  const name = title(nodeAt(store.rule, place)!);
  store.edit(wrapAt(store.rule, place, innerKind(store.rule, place)), `${keyOf([...place, 0])}:grip`);
  say(`${name} put into a group of its own`);
}

function unwrap(builder: Builder, place: Place) {
  const {store, say} = builder;
  const [parent, group] = [place.slice(0, -1), nodeAt(store.rule, place)!];
  const mayChange = containerKind(group) !== containerKind(nodeAt(store.rule, parent)!);
  store.edit(unwrapAt(store.rule, place), `${keyOf(parent)}:kind`);
  say(mayChange ? "Taken out of the group: the rule may now mean something else" : "Taken out of the group");
}

/** A group within one of “all” asks for any, within the others for all: else it would change nothing. */
function innerKind(rule: Rule, place: Place): "all" | "any" {
  const parent = place.length === 0 ? rule : nodeAt(rule, place.slice(0, -1))!;
  return containerKind(parent) === "all" ? "any" : "all";
}

function shifted(place: Place, without: Place): Place {
  const depth = without.length - 1;
  const isBehind = without.slice(0, -1).every((index, i) => place[i] === index) && place[depth]! > without[depth]!;
  return isBehind ? place.map((index, i) => (i === depth ? index - 1 : index)) : place;
}

function whereabouts({store}: Builder, place: Place): string {
  const parent = nodeAt(store.rule, place.slice(0, -1));
  if (!parent) return "";
  return `${place.at(-1)! + 1} of ${childrenOf(parent).length} in ${groupTitle(parent)}`;
}
