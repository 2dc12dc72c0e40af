import {duplicateAt, insertAt, moveTo, negateAt, nodeAt, replaceAt, stepAt, unwrapAt, wrapAt, type Place} from "../../lib/rules/edit.js"; // prettier-ignore
import {isNegated, type SequenceCondition, type Step} from "../../lib/rules/event.js";
import {childrenOf, container, containerKind, type Rule} from "../../lib/rules/rule.js";
import {keyOf, type Builder} from "./builder.js";
import type {Cargo, Target} from "./dragging.js";
import {groupTitle} from "./labels.js";
import type {Action} from "./Menu.js";
import {conditionOf, insertStep, moveStep, removeStep, stepOf} from "./steps.js";

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
export function drop(builder: Builder, cargo: Cargo, target: Target): void {
  const {store, say, title} = builder;
  const {place} = target;
  if (target.kind === "step") return dropStep(builder, cargo, place);
  if ("step" in cargo) return void dropOut(builder, cargo, place);
  const node = "make" in cargo ? cargo.make() : nodeAt(store.rule, cargo.from);
  if (!node) return;
  if (target.kind === "onto") {
    const under = nodeAt(store.rule, place)!;
    const steps = [stepOf(under), stepOf(node)] as const;
    const isChain = steps[0] && steps[1] && !isNegated(steps[0]);
    const joined: Rule = isChain
      ? {sequence: [steps[0]!, steps[1]!]}
      : container(innerKind(store.rule, place), [under, node]);
    const grouped = replaceAt(store.rule, place, joined);
    const rule = "make" in cargo ? grouped : replaceAt(grouped, cargo.from, undefined);
    const at = "make" in cargo ? place : shifted(place, cargo.from);
    store.edit(rule, isChain ? `${keyOf(at)}:step-1` : `${keyOf([...at, 1])}:first`);
    return say(`${title(under)} ${isChain ? "followed by" : "grouped with"} ${title(node)}`);
  }
  if ("make" in cargo) return builder.insert(place, node);
  const moved = moveTo(store.rule, cargo.from, place);
  if (moved) settle(builder, moved);
}

/** Puts a new node at a place and the focus into it. */
export function insert(builder: Builder, place: Place, node: Rule, rule = builder.store.rule): void {
  builder.store.edit(insertAt(rule, place, node), `${keyOf(place)}:first`);
  builder.say(`${builder.title(node)} added, ${whereabouts(builder, place)}`);
}

/** Into a sequence: a step of it or of another one, an event condition, or a new event. */
function dropStep(builder: Builder, cargo: Cargo, place: Place) {
  const {store, say} = builder;
  const [at, index] = [place.slice(0, -1), place.at(-1)!];
  const sequence = nodeAt(store.rule, at) as SequenceCondition;
  if ("step" in cargo && keyOf(cargo.from) === keyOf(at)) {
    const next = moveStep(sequence, cargo.step, index);
    store.edit(replaceAt(store.rule, at, next), `${keyOf(at)}:grip-${index > cargo.step ? index - 1 : index}`);
    return say(`Moved, step ${(index > cargo.step ? index - 1 : index) + 1} of ${next.sequence.length}`);
  }
  const step = "step" in cargo ? stepAtOf(store.rule, cargo) : stepOf("make" in cargo ? cargo.make() : nodeAt(store.rule, cargo.from)!); // prettier-ignore
  if (!step) return say("Only an event without count and time can be a step");
  const joined = replaceAt(store.rule, at, insertStep(sequence, index, step));
  if ("make" in cargo) store.edit(joined, `${keyOf(at)}:step-${index}`);
  else if ("step" in cargo) {
    const left = removeStep(nodeAt(joined, cargo.from) as SequenceCondition, cargo.step);
    const moved = left ? at : shifted(at, cargo.from);
    store.edit(replaceAt(joined, cargo.from, left), `${keyOf(moved)}:grip-${index}`);
  } else {
    store.edit(replaceAt(joined, cargo.from, undefined), `${keyOf(shifted(at, cargo.from))}:grip-${index}`);
  }
  say(`Step ${index + 1} of ${sequence.sequence.length + 1}`);
}

/** A step out of its sequence, as a condition of its own. */
function dropOut(builder: Builder, cargo: {from: Place; step: number}, place: Place) {
  const {rule} = builder.store;
  const step = stepAtOf(rule, cargo);
  const left = removeStep(nodeAt(rule, cargo.from) as SequenceCondition, cargo.step);
  builder.insert(left ? place : shifted(place, cargo.from), conditionOf(step), replaceAt(rule, cargo.from, left));
}

function stepAtOf(rule: Rule, {from, step}: {from: Place; step: number}): Step {
  return (nodeAt(rule, from) as SequenceCondition).sequence[step]!;
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
