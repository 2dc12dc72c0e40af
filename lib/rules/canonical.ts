import {formatId} from "../surrogate.js";
import {saysSomething} from "./check.js";
import {parseDate} from "./dates.js";
import {opposites, operators, denials, type Operator} from "./operators.js";
import {childrenOf, container, containerKind, subjectOf, testOf, type Condition, type Operand, type Rule, type Scalar} from "./rule.js"; // prettier-ignore

/**
 * The one form of all rules that mean the same by order, names, empty, nested or doubly negated containers, or the
 * spelling of values. Not a full normal form: rules may be equivalent and yet differ.
 */
export function canonicalRule(rule: Rule): Rule {
  return saysSomething(rule) ? simplify(rule) : {all: []};
}

/** A hash of the canonical form: 13 characters that change when the rule's meaning does. */
export function ruleHash(rule: Rule): string {
  return formatId(fnv1a(JSON.stringify(canonicalRule(rule))));
}

function simplify(rule: Rule): Rule {
  const kind = containerKind(rule);
  if (!kind) return simplifyCondition(rule as Condition);
  // none(x) of a single negation is what x denies; children of the same kind, and any in none, are taken in.
  const absorbed = kind === "none" ? "any" : kind;
  const children = childrenOf(rule)
    .filter(saysSomething)
    .map(simplify)
    .flatMap((child) => (containerKind(child) === absorbed ? childrenOf(child) : [child]));
  const unique = new Map(children.map((child) => [JSON.stringify(child), child]));
  const sorted = [...unique.keys()].sort(byCodeUnit).map((key) => unique.get(key)!);
  if (sorted.length > 1) return container(kind, sorted);
  return kind === "none" ? opposite(sorted[0]!) : sorted[0]!;
}

/** Denies a simplified rule. */
function opposite(rule: Rule): Rule {
  const kind = containerKind(rule);
  if (kind === "none") return simplify(container("any", childrenOf(rule)));
  if (kind === "any") return container("none", childrenOf(rule));
  return container("none", [rule]);
}

function simplifyCondition(condition: Condition): Rule {
  const {operator, operand} = testOf(condition);
  if (denials.has(operator)) return opposite(simplifyCondition(test(condition, opposites[operator]!, operand)));
  if (operator === "exists" && operand === false) return opposite(test(condition, "exists", true));
  if (operator === "inactive" && operand === false) return opposite(test(condition, "inactive", true));
  if (operators[operator].operand === "many") {
    const values = [...new Map((operand as Scalar[]).map((v) => [JSON.stringify(spell(v)), spell(v)])).values()];
    if (values.length === 1) return test(condition, "is", values[0]!);
    const sorted = values.sort((a, b) => byCodeUnit(JSON.stringify(a), JSON.stringify(b)));
    return test(condition, operator, sorted);
  }
  return test(condition, operator, Array.isArray(operand) ? operand.map(spell) : spell(operand));
}

function test(condition: Condition, operator: Operator, operand: Operand): Condition {
  return {...subjectOf(condition), [operator]: operand};
}

function spell(value: Scalar): Scalar {
  if (typeof value === "number") return value === 0 ? 0 : value;
  return typeof value === "string" ? (parseDate(value) ?? value) : value;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** FNV-1a, 64 bits, over UTF-8. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
