import {isNegated} from "./event.js";
import {childrenOf, containerKind, isSequence, type Rule} from "./rule.js";

/** Something whose count the funnel shows: `n3` a node by its number, `n3s0` a step of that sequence, `left1` what is left. */
export interface FunnelPart {
  name: string;
  rule: Rule;
}

/** Of very long rules no more than so many nodes are counted one by one. */
const mostNodes = 1000;

/** All nodes of a rule, parents before children. */
export function nodesOf(rule: Rule): Rule[] {
  return [rule, ...childrenOf(rule).flatMap(nodesOf)];
}

/** The rules of an outermost `all`, one after the other. */
export function stepsOf(rule: Rule): Rule[] {
  return containerKind(rule) === "all" ? childrenOf(rule).slice(0, mostNodes) : [];
}

/**
 * Every node by itself, `n0`, `n1`, … in the order of `nodesOf`; and of sequences how many come as far as each step that
 * must happen, but for the last, which is the sequence itself.
 */
export function partsAlone(rule: Rule): FunnelPart[] {
  return nodesOf(rule)
    .slice(0, mostNodes)
    .flatMap((node, i) => [{name: `n${i}`, rule: node}, ...stepsReached(node).map(({step, rule}) => ({name: `n${i}s${step}`, rule}))]); // prettier-ignore
}

/** The beginnings of a sequence that end with a step that must happen. */
function stepsReached(node: Rule): {step: number; rule: Rule}[] {
  if (!isSequence(node)) return [];
  return node.sequence.slice(0, -1).flatMap((last, step) => {
    return isNegated(last) ? [] : [{step, rule: {...node, sequence: node.sequence.slice(0, step + 1)}}];
  });
}
