import {fieldFamily, type Field} from "../../lib/rules/field.js";
import type {Operator} from "../../lib/rules/operators.js";
import {containerKind, type ContainerKind, type Rule} from "../../lib/rules/rule.js";

const labels: Record<Operator, string> = {
  is: "is",
  is_not: "is not",
  in: "is one of",
  not_in: "is none of",
  at_least: "is at least",
  more_than: "is more than",
  at_most: "is at most",
  less_than: "is less than",
  between: "is between",
  contains: "contains",
  not_contains: "does not contain",
  starts_with: "starts with",
  ends_with: "ends with",
  is_ignoring_case: "is, in any case",
  before: "is before",
  on_or_before: "is on or before",
  after: "is after",
  on_or_after: "is on or after",
  in_last: "is in the last",
  not_in_last: "is not in the last",
  in_next: "is in the next",
  during: "is in",
  around: "is within days of",
  rolling: "is in the rolling range",
  in_file: "is on the list",
  not_in_file: "is not on the list",
  exists: "is known",
  inactive: "is inactive"
};

const ofDeciles: Partial<Record<Operator, string>> = {
  at_most: "is this or better",
  less_than: "is better than",
  at_least: "is this or worse",
  more_than: "is worse than"
};

/** What a menu calls an operator. */
export function operatorLabel(operator: Operator, field: Field): string {
  return (fieldFamily(field) === "decile" ? ofDeciles[operator] : undefined) ?? labels[operator];
}

/** What a menu calls the kinds of groups. */
export const groupKinds: [ContainerKind, string][] = [
  ["all", "All of these hold"],
  ["any", "Any of these holds"],
  ["none", "None of these holds"]
];

/** A group in a few words: its name, or its kind. */
export function groupTitle(rule: Rule): string {
  const {name} = rule as {name?: string};
  return `“${name ?? groupKinds.find(([kind]) => kind === containerKind(rule))![1]}”`;
}
