import {formatLookback, parseLookback} from "../definitions/lookback.js";
import {operatorNames, type Operator} from "./operators.js";

export type Scalar = string | number | boolean;

/** What a condition compares with; its form follows from the operator. */
export type Operand = Scalar | Scalar[];

/** An operator with its operand, and whether the year of a date does not matter. */
export type Test = {[O in Operator]?: Operand} & {ignore_year?: boolean};

/**
 * What a condition on the profile itself is about: an attribute, a metric over a lookback, the decile by that metric, a
 * column of the lifetime value, or of recency, frequency and monetary value. `at` is a date or "3 months ago": the
 * calendar's partition at or before it.
 */
export type Subject =
  | {attribute: string}
  | {metric: string; lookback: string; at?: string}
  | {decile: string; lookback: string; at?: string; category?: string}
  | {value: string}
  | {rfm: string};

/** A subject and exactly one operator with its operand: `{attribute: tier, in: [gold, silver]}`. */
export type Condition = Subject & Test;

export const subjectKinds = ["attribute", "metric", "decile", "value", "rfm"] as const;

export type SubjectKind = (typeof subjectKinds)[number];

/** The operator of a condition, and what it compares with. */
export function testOf(condition: Test | Condition): {operator: Operator; operand: Operand} {
  const operator = operatorNames.find((name) => condition[name] !== undefined);
  if (!operator) throw new Error(`condition without an operator: ${JSON.stringify(condition)}`);
  return {operator, operand: condition[operator]!};
}

/** A condition's subject alone, its lookback in the one spelling. */
export function subjectOf(condition: Condition | Subject): Subject {
  if ("attribute" in condition) return {attribute: condition.attribute};
  if ("value" in condition) return {value: condition.value};
  if ("rfm" in condition) return {rfm: condition.rfm};
  const parsed = parseLookback(condition.lookback);
  const lookback = parsed ? formatLookback(parsed) : condition.lookback;
  const at = condition.at !== undefined && {at: condition.at};
  if ("metric" in condition) return {metric: condition.metric, lookback, ...at};
  const {category} = condition;
  return {decile: condition.decile, lookback, ...at, ...(category && category !== "*" && {category})};
}
