import {opposites, type Operator} from "./operators.js";
import {childrenOf, container, containerKind, type ContainerKind, type Rule} from "./rule.js";
import {subjectOf, testOf, type Condition} from "./subject.js";

/** A node's place: the index of a child at each level, from the root. */
export type Place = number[];

/** The node at a place; undefined where there is none. */
export function nodeAt(rule: Rule, place: Place): Rule | undefined {
  return place.reduce<Rule | undefined>((node, i) => node && childrenOf(node)[i], rule);
}

/** Puts another node at a place; undefined takes it away. */
export function replaceAt(rule: Rule, place: Place, node: Rule | undefined): Rule {
  if (place.length === 0) return node ?? {all: []};
  const [index, ...rest] = place as [number, ...number[]];
  return withChildren(
    rule,
    childrenOf(rule).flatMap((child, i) => {
      if (i !== index) return [child];
      if (rest.length > 0) return [replaceAt(child, rest, node)];
      return node ? [node] : [];
    })
  );
}

/** Inserts nodes before the child that stands at a place; the root is made a container where it is none. */
export function insertAt(rule: Rule, place: Place, ...nodes: Rule[]): Rule {
  const parent = place.slice(0, -1);
  const target = nodeAt(rule, parent) ?? rule;
  const children = containerKind(target) ? childrenOf(target) : [target];
  const index = Math.max(0, Math.min(place.at(-1) ?? children.length, children.length));
  const inserted = [...children.slice(0, index), ...nodes, ...children.slice(index)];
  return replaceAt(rule, parent, containerKind(target) ? withChildren(target, inserted) : {all: inserted});
}

/** Puts a copy of a node behind it. */
export function duplicateAt(rule: Rule, place: Place): Rule {
  const node = nodeAt(rule, place);
  if (!node || place.length === 0) return rule;
  return insertAt(rule, [...place.slice(0, -1), place.at(-1)! + 1], structuredClone(node));
}

/** Puts a node into a container of its own. */
export function wrapAt(rule: Rule, place: Place, kind: ContainerKind = "all"): Rule {
  const node = nodeAt(rule, place);
  return node ? replaceAt(rule, place, container(kind, [node])) : rule;
}

/** Takes a container's rules out into its parent; the logic may change where the kinds differ. */
export function unwrapAt(rule: Rule, place: Place): Rule {
  const node = nodeAt(rule, place);
  if (!node || !containerKind(node)) return rule;
  const children = childrenOf(node);
  if (place.length === 0) return children.length === 1 && containerKind(children[0]!) ? children[0]! : rule;
  return insertAt(replaceAt(rule, place, undefined), place, ...children);
}

/** Denies a node: an operator by its opposite, a container by none, none by any; whatever else goes into a none. */
export function negateAt(rule: Rule, place: Place): Rule {
  const node = nodeAt(rule, place);
  return node ? replaceAt(rule, place, negate(node)) : rule;
}

/**
 * Moves a node one step up or down. At the edge of its container it leaves it; where a container is next it goes in.
 * Returns the rule and where the node stands now.
 */
export function stepAt(rule: Rule, place: Place, step: -1 | 1): {rule: Rule; place: Place} {
  const node = nodeAt(rule, place);
  if (!node || place.length === 0) return {rule, place};
  const parent = place.slice(0, -1);
  const index = place.at(-1)!;
  const siblings = childrenOf(nodeAt(rule, parent)!);
  const without = replaceAt(rule, place, undefined);
  const next = siblings[index + step];
  let target: Place;
  if (!next) {
    if (parent.length === 0) return {rule, place};
    target = [...parent.slice(0, -1), parent.at(-1)! + (step === 1 ? 1 : 0)];
  } else if (containerKind(next)) {
    const position = step === 1 ? index : index - 1;
    target = [...parent, position, step === 1 ? 0 : childrenOf(next).length];
  } else target = [...parent, index + step];
  return {rule: insertAt(without, target, node), place: target};
}

/** Moves a node to stand before the child at another place; undefined where that lies inside the node itself. */
export function moveTo(rule: Rule, from: Place, to: Place): {rule: Rule; place: Place} | undefined {
  const node = nodeAt(rule, from);
  if (!node || from.every((index, depth) => to[depth] === index)) return undefined;
  const depth = from.length - 1;
  const after = [...to];
  const sameParent = from.slice(0, -1).every((index, i) => to[i] === index) && to.length > depth;
  if (sameParent && to[depth]! > from[depth]!) after[depth] = to[depth]! - 1;
  return {rule: insertAt(replaceAt(rule, from, undefined), after, node), place: after};
}

function negate(node: Rule): Rule {
  const kind = containerKind(node);
  const name = (node as {name?: string}).name;
  if (kind === "none") return container("any", childrenOf(node), name);
  if (kind === "any") return container("none", childrenOf(node), name);
  if (kind === "all") return {none: [node]};
  const {operator, operand} = testOf(node as Condition);
  const subject = subjectOf(node as Condition);
  if (typeof operand === "boolean" && ["exists", "inactive"].includes(operator))
    return {...subject, [operator]: !operand};
  const other: Operator | undefined = opposites[operator];
  return other ? {...subject, [other]: operand} : {none: [node]};
}

function withChildren(rule: Rule, children: Rule[]): Rule {
  return container(containerKind(rule)!, children, (rule as {name?: string}).name);
}
