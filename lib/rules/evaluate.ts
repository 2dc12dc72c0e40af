import {allBits, andBits, noBits, notBits, orBits, type Bits} from "./bits.js";
import {childrenOf, containerKind, type Rule} from "./rule.js";

export interface Evaluation {
  /** How many profiles there are. */
  n: number;
  /** Those whom a condition takes in. */
  bitsOf: (condition: Rule) => Bits;
  /** A node to be taken as true or false whatever it says: how a dragged condition is told from the rest. */
  assume?: {node: Rule; value: boolean};
}

/** Whom a rule takes in, from whom its conditions do: what `compileRule` says in SQL. Empty containers say nothing. */
export function evaluateRule(rule: Rule, evaluation: Evaluation): Bits {
  return evaluate(rule, evaluation) ?? allBits(evaluation.n);
}

/** The conditions of a rule, each once. */
export function leavesOf(rule: Rule): Rule[] {
  return containerKind(rule) ? [...new Set(childrenOf(rule).flatMap(leavesOf))] : [rule];
}

function evaluate(rule: Rule, evaluation: Evaluation): Bits | undefined {
  const {n, bitsOf, assume} = evaluation;
  if (assume?.node === rule) return assume.value ? allBits(n) : noBits(n);
  const kind = containerKind(rule);
  if (!kind) return bitsOf(rule);
  const parts = childrenOf(rule).flatMap((child) => evaluate(child, evaluation) ?? []);
  if (parts.length === 0) return undefined;
  if (kind === "all") return parts.reduce(andBits);
  const any = parts.reduce(orBits);
  return kind === "any" ? any : notBits(any, n);
}
