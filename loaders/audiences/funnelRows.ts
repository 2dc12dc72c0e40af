import {describeCondition} from "../../lib/rules/describe.js";
import {formatPath} from "../../lib/rules/finding.js";
import {childrenOf, containerKind, isSequence, type Container, type Rule} from "../../lib/rules/rule.js";
import type {Wording} from "../../lib/rules/wording.js";

/** A part of a rule, and how many it keeps. */
export interface FunnelRow {
  /** `rule.all[2]`, counted from 1. */
  place: string;
  /** The condition in words, or what kind of container it is, or its name. */
  says: string;
  /** How many containers it stands in. */
  depth: number;
  /** By itself. */
  count: number;
  /** After it and those above it, directly within an outermost `all`. */
  left?: number;
  /** Of a sequence: how many come as far as each of its steps but the last that must happen, by the step, counted from 1. */
  reached?: Record<number, number>;
}

/** The parts of a rule with their counts (`countRule`'s), parents before children; at most as many as are counted. */
export function funnelRows(rule: Rule, counts: Record<string, number>, wording: Wording): FunnelRow[] {
  const rows: FunnelRow[] = [];
  let i = 0;
  const isChain = containerKind(rule) === "all";
  const visit = (node: Rule, path: (string | number)[]) => {
    const name = `n${i++}`;
    const count = counts[name];
    if (count === undefined) return;
    const left = isChain && path.length === 2 ? counts[`left${path[1]}`] : undefined;
    const reached = isSequence(node) ? node.sequence.flatMap((_, j) => (counts[`${name}s${j}`] === undefined ? [] : [[j + 1, counts[`${name}s${j}`]!]])) : []; // prettier-ignore
    rows.push({
      place: formatPath(path),
      says: words(node, wording),
      depth: path.length / 2,
      count,
      ...(left !== undefined && {left}),
      ...(reached.length > 0 && {reached: Object.fromEntries(reached) as Record<number, number>})
    });
    const kind = containerKind(node);
    childrenOf(node).forEach((child, j) => visit(child, [...path, kind!, j]));
  };
  visit(rule, []);
  return rows;
}

function words(node: Rule, wording: Wording): string {
  const kind = containerKind(node);
  if (!kind) return describeCondition(node as Exclude<Rule, Container>, wording);
  return (node as Container).name ?? {all: "all of these", any: "any of these", none: "none of these"}[kind];
}
