import type {ValueType} from "../definitions/fields.js";

/**
 * What an operator compares with: one value, several, a lower and an upper one, yes or no, "30 days", "this month", a
 * date and a span on either side, a span from as-of and one to, a file of values.
 */
export type OperandKind = "one" | "many" | "pair" | "flag" | "span" | "period" | "around" | "rolling" | "file";

/** The types that operators tell apart; `decile` is a bucket or, where there is none, inactive. */
export type Family = "text" | "number" | "boolean" | "date" | "decile";

interface OperatorDefinition {
  operand: OperandKind;
  families: Family[];
  /** Follows "whose tier" or "whose spend"; the value follows it. */
  phrase: string;
}

const every: Family[] = ["text", "number", "boolean", "date"];

/**
 * The operators. Every one is false where the field is empty, except those that are the exact opposite of another
 * (`is_not`, `not_in`, `not_contains`, `not_in_last`, `not_in_file`) and `exists: false`.
 */
export const operators = {
  is: {operand: "one", families: [...every, "decile"], phrase: "is"},
  is_not: {operand: "one", families: [...every, "decile"], phrase: "is not"},
  in: {operand: "many", families: ["text", "number", "date", "decile"], phrase: "is"},
  not_in: {operand: "many", families: ["text", "number", "date", "decile"], phrase: "is neither"},
  at_least: {operand: "one", families: ["number", "text", "decile"], phrase: "is at least"},
  more_than: {operand: "one", families: ["number", "text", "decile"], phrase: "is more than"},
  at_most: {operand: "one", families: ["number", "text", "decile"], phrase: "is at most"},
  less_than: {operand: "one", families: ["number", "text", "decile"], phrase: "is less than"},
  between: {operand: "pair", families: ["number", "text", "date", "decile"], phrase: "is between"},
  contains: {operand: "one", families: ["text"], phrase: "contains"},
  not_contains: {operand: "one", families: ["text"], phrase: "does not contain"},
  starts_with: {operand: "one", families: ["text"], phrase: "starts with"},
  ends_with: {operand: "one", families: ["text"], phrase: "ends with"},
  is_ignoring_case: {operand: "one", families: ["text"], phrase: "is, in any case,"},
  before: {operand: "one", families: ["date"], phrase: "is before"},
  on_or_before: {operand: "one", families: ["date"], phrase: "is on or before"},
  after: {operand: "one", families: ["date"], phrase: "is after"},
  on_or_after: {operand: "one", families: ["date"], phrase: "is on or after"},
  in_last: {operand: "span", families: ["date"], phrase: "lies in the last"},
  not_in_last: {operand: "span", families: ["date"], phrase: "does not lie in the last"},
  in_next: {operand: "span", families: ["date"], phrase: "lies in the next"},
  during: {operand: "period", families: ["date"], phrase: "lies in"},
  around: {operand: "around", families: ["date"], phrase: "lies within"},
  rolling: {operand: "rolling", families: ["date"], phrase: "lies from"},
  in_file: {operand: "file", families: ["text", "number", "date"], phrase: "is on the list"},
  not_in_file: {operand: "file", families: ["text", "number", "date"], phrase: "is not on the list"},
  exists: {operand: "flag", families: every, phrase: "is known"},
  inactive: {operand: "flag", families: ["decile"], phrase: "is inactive"}
} as const satisfies Record<string, OperatorDefinition>;

export type Operator = keyof typeof operators;

export const operatorNames = Object.keys(operators) as Operator[];

/** The operator that says exactly the opposite, where there is one. */
export const opposites: Partial<Record<Operator, Operator>> = {
  is: "is_not",
  is_not: "is",
  in: "not_in",
  not_in: "in",
  contains: "not_contains",
  not_contains: "contains",
  in_last: "not_in_last",
  not_in_last: "in_last",
  in_file: "not_in_file",
  not_in_file: "in_file"
};

/** The operators that are the denial of their opposite: true where the field is empty. */
export const denials: ReadonlySet<Operator> = new Set<Operator>([
  "is_not",
  "not_in",
  "not_contains",
  "not_in_last",
  "not_in_file"
]);

/** Which operators a field of this family takes, in the order of a menu. */
export function operatorsOf(family: Family): Operator[] {
  return operatorNames.filter((name) => (operators[name].families as readonly Family[]).includes(family));
}

/** The family of a value type. */
export function familyOf(type: ValueType): Family {
  if (type === "string") return "text";
  if (type === "boolean") return "boolean";
  if (type === "date" || type === "timestamp") return "date";
  return "number";
}
