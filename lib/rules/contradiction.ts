import {canonicalRule} from "./canonical.js";
import {parseDate} from "./dates.js";
import type {Finding} from "./finding.js";
import type {Operator} from "./operators.js";
import {childrenOf, containerKind, isCondition, type Rule} from "./rule.js";
import {subjectOf, testOf, type Condition} from "./subject.js";

/**
 * Where every rule of an `all` must hold and cannot, by itself or beside what must hold around it: a condition beside its
 * denial, or tests of one subject that leave no value; and alternatives of an `any` that what must hold beside them rules
 * out. Not every contradiction is found: none is reported that is not one. `held` are the rules that hold anyway.
 */
export function contradictions(rule: Rule, path: Finding["path"] = [], held: Rule[] = []): Finding[] {
  const kind = containerKind(rule);
  if (!kind) return [];
  const children = childrenOf(rule);
  const own = kind === "all" && children.length > 0 ? conjuncts(canonicalRule(rule)) : [];
  const known = [...held, ...own];
  const clash = own.length > 0 ? clashOf(known) : undefined;
  // Within a denial nothing holds anyway; and many alternatives beside many conditions would take long.
  const beside = clash || kind === "none" || known.length * children.length > mostCompared ? [] : known;
  const below = children.map((child, i) => contradictions(child, [...path, kind, i], beside));
  if (clash) return [...below.flat(), nobody(path, clash)];
  if (kind !== "any" || beside.length === 0) return below.flat();
  const dead = children.flatMap((child, i) => {
    const at = [...path, kind, i];
    if (containerKind(child)) return below[i]!.filter((found) => found.path.length === at.length);
    const why = clashOf([...beside, canonicalRule(child)]);
    return why ? [{...nobody(at, why), message: `nobody comes in by this: ${why}`}] : [];
  });
  if (dead.length === children.length) return [nobody(path, "what holds beside them rules out every one of these")];
  return [...below.flat(), ...dead.filter((found) => !below.flat().includes(found))];
}

const mostCompared = 100_000;

function nobody(path: Finding["path"], why: string): Finding {
  return {severity: "warning", path, message: `nobody can be in: ${why}`};
}

function clashOf(parts: Rule[]): string | undefined {
  return parts.length > 1 ? (denied(parts) ?? disjoint(parts)) : undefined;
}

function conjuncts(rule: Rule): Rule[] {
  return containerKind(rule) === "all" ? childrenOf(rule).flatMap(conjuncts) : [rule];
}

function denied(parts: Rule[]): string | undefined {
  const held = new Set(parts.map((part) => JSON.stringify(part)));
  const clash = parts
    .flatMap((part) => (containerKind(part) === "none" ? childrenOf(part) : []))
    .find((part) => held.has(JSON.stringify(part)));
  return clash && `${JSON.stringify(clash)} must hold and must not`;
}

/** Numbers, or dates as texts. */
type Ordered = string | number;

/** A subject's remaining values: an interval, its ends in or out, or a list. */
interface Remaining {
  low?: {value: Ordered; isIn: boolean};
  high?: {value: Ordered; isIn: boolean};
  values?: Set<unknown>;
}

function disjoint(parts: Rule[]): string | undefined {
  const bySubject = new Map<string, Remaining>();
  const excluded = excludedValues(parts);
  for (const part of parts) {
    if (!isCondition(part) || part.ignore_year) continue;
    const key = JSON.stringify(subjectOf(part));
    const left = narrow(bySubject.get(key) ?? {}, part);
    if (isEmpty(left, excluded.get(key)))
      return `no value of ${Object.values(subjectOf(part)).join(" over ")} meets all of its conditions`;
    bySubject.set(key, left);
  }
  return undefined;
}

/** By subject, the values that it must not have. */
function excludedValues(parts: Rule[]): Map<string, Set<unknown>> {
  const excluded = new Map<string, Set<unknown>>();
  for (const part of parts.flatMap((one) => (containerKind(one) === "none" ? childrenOf(one) : []))) {
    if (!isCondition(part) || part.ignore_year) continue;
    const {operator, operand} = testOf(part);
    if (operator !== "is" && operator !== "in") continue;
    const key = JSON.stringify(subjectOf(part));
    excluded.set(key, new Set([...(excluded.get(key) ?? []), ...[operand].flat()]));
  }
  return excluded;
}

const lower: Partial<Record<Operator, boolean>> = {at_least: true, more_than: false, on_or_after: true, after: false};
const upper: Partial<Record<Operator, boolean>> = {at_most: true, less_than: false, on_or_before: true, before: false};

function narrow(left: Remaining, condition: Condition): Remaining {
  const {operator, operand} = testOf(condition);
  const after = {...left};
  const raise = (value: Ordered, isIn: boolean) => {
    if (!after.low || value > after.low.value || (value === after.low.value && !isIn)) after.low = {value, isIn};
  };
  const reduce = (value: Ordered, isIn: boolean) => {
    if (!after.high || value < after.high.value || (value === after.high.value && !isIn)) after.high = {value, isIn};
  };
  if (operator === "is" || operator === "in") {
    const values = new Set<unknown>([operand].flat());
    after.values = after.values ? new Set([...after.values].filter((value) => values.has(value))) : values;
  } else if ([operand].flat().some((value) => typeof value === "string" && !parseDate(value))) {
    return left; // text is ordered by code point, not as here
  } else if (operator === "between") {
    const [low, high] = operand as [number, number];
    raise(low, true);
    reduce(high, true);
  } else if (operator in lower) raise(operand as number, lower[operator]!);
  else if (operator in upper) reduce(operand as number, upper[operator]!);
  return after;
}

function isEmpty({low, high, values}: Remaining, excluded: ReadonlySet<unknown> = new Set()): boolean {
  const fits = (value: unknown) =>
    !excluded.has(value) &&
    (!low || (value as Ordered) > low.value || (value === low.value && low.isIn)) &&
    (!high || (value as Ordered) < high.value || (value === high.value && high.isIn));
  if (values) return ![...values].some(fits);
  return Boolean(low && high && (low.value > high.value || (low.value === high.value && !(low.isIn && high.isIn))));
}
