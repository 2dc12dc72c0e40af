import {fieldFamily, fieldOf, type Catalogue, type Field} from "./field.js";
import {operators, type Operator} from "./operators.js";
import {
  childrenOf,
  containerKind,
  saysSomething,
  testOf,
  type Condition,
  type Operand,
  type Rule,
  type Scalar
} from "./rule.js";

export interface Wording {
  fields: Catalogue;
  /** The workspace's currency, for amounts of unit `money`. */
  currency?: string;
}

/** Reads a rule aloud: "Customers whose tier is Gold or Silver and who rank in decile 1 of spend over 12 months." */
export function describeRule(rule: Rule, wording: Wording): string {
  if (!saysSomething(rule)) return "All customers.";
  const text = clause(rule, wording, true);
  return `${text.startsWith("except ") ? "All customers " : "Customers "}${text}.`;
}

/** Reads one condition aloud, as a clause: "whose tier is Gold". */
export function describeCondition(condition: Condition, wording: Wording): string {
  const field = fieldOf(condition, wording.fields);
  const {operator, operand} = testOf(condition);
  if (field.kind === "decile") return decileClause(field, operator, operand);
  return `whose ${fieldName(field)} ${predicate(field, operator, operand, wording)}`;
}

/** A field as it stands within a sentence: "spend over 12 months". */
export function fieldName(field: Field): string {
  const label = /^[A-Z][a-z]/.test(field.label) ? field.label[0]!.toLowerCase() + field.label.slice(1) : field.label;
  if (field.kind === "attribute") return label;
  return `${label} over ${field.lookback === "lifetime" ? "their lifetime" : field.lookback}`;
}

function clause(rule: Rule, wording: Wording, outermost = false): string {
  const kind = containerKind(rule);
  if (!kind) return describeCondition(rule as Condition, wording);
  const children = childrenOf(rule).filter(saysSomething);
  const {name} = rule as {name?: string};
  const inner = kind === "all" ? conjunction(children, wording) : alternatives(children, wording, kind === "none");
  if (name) return `who are “${name}” (${inner})`;
  return outermost || children.length === 1 ? inner : `(${inner})`;
}

function conjunction(rules: Rule[], wording: Wording): string {
  const isDenial = (rule: Rule) => containerKind(rule) === "none" && !(rule as {name?: string}).name;
  const holds = rules.filter((rule) => !isDenial(rule)).map((rule) => clause(rule, wording));
  const denied = rules.filter(isDenial).flatMap((rule) => childrenOf(rule).filter(saysSomething));
  const parts = [series(holds, "and"), denied.length > 0 && alternatives(denied, wording, true)];
  return parts.filter(Boolean).join(", ");
}

function alternatives(rules: Rule[], wording: Wording, denied: boolean): string {
  const text = series(
    rules.map((rule) => clause(rule, wording)),
    "or"
  );
  return denied ? `except those ${text}` : text;
}

function decileClause(field: Field, operator: Operator, operand: Operand): string {
  const of = `of ${fieldName(field)}`;
  const best = (n: number) => (n === 1 ? `the best decile ${of}` : `the best ${n} deciles ${of}`);
  const named = field.buckets && field.buckets !== 10 ? (text: string) => text.replace(/decile/g, "bucket") : String;
  const rank = (text: string) => named(`who rank in ${text}`);
  switch (operator) {
    case "inactive":
      return `who are ${operand ? "inactive" : "active"} in ${fieldName(field)}`;
    case "is":
      return rank(`decile ${operand} ${of}`);
    case "is_not":
      return named(`who do not rank in decile ${operand} ${of}`);
    case "in":
      return rank(`decile ${series((operand as Scalar[]).map(String), "or")} ${of}`);
    case "not_in":
      return named(`who do not rank in decile ${series((operand as Scalar[]).map(String), "or")} ${of}`);
    case "at_most":
      return rank(best(operand as number));
    case "less_than":
      return rank(best((operand as number) - 1));
    case "between":
      return rank(`deciles ${(operand as Scalar[])[0]} to ${(operand as Scalar[])[1]} ${of}`);
    case "at_least":
      return rank(`decile ${operand} or below ${of}`);
    default:
      return rank(`a decile below ${operand} ${of}`);
  }
}

function predicate(field: Field, operator: Operator, operand: Operand, wording: Wording): string {
  const show = (value: Scalar) => showValue(field, value, wording);
  const {phrase, operand: kind} = operators[operator];
  if (operator === "exists") return operand ? "is known" : "is not known";
  if (kind === "span" || kind === "period") return `${phrase} ${operand}`;
  if (kind === "pair") return `${phrase} ${show((operand as Scalar[])[0]!)} and ${show((operand as Scalar[])[1]!)}`;
  if (kind === "many") return `${phrase} ${series((operand as Scalar[]).map(show), operator === "in" ? "or" : "nor")}`;
  return `${phrase} ${show(operand as Scalar)}`;
}

function showValue(field: Field, value: Scalar, {currency}: Wording): string {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (fieldFamily(field) !== "number") return fieldFamily(field) === "text" ? `“${value}”` : String(value);
  const number = (value as number).toLocaleString("en-US", {maximumFractionDigits: 6});
  if (field.unit === "money") return currency ? `${number} ${currency}` : number;
  return field.unit && field.unit !== "count" ? `${number} ${field.unit}` : number;
}

function series(items: string[], by: "and" | "or" | "nor"): string {
  if (items.length <= 2) return items.join(` ${by} `);
  if (items.length > 12) return `${items.slice(0, 10).join(", ")} ${by} ${items.length - 10} others`;
  return `${items.slice(0, -1).join(", ")} ${by} ${items.at(-1)}`;
}
