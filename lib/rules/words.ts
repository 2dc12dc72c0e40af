import {operators, type Family, type Operator} from "./operators.js";
import {formatSpan, parseOffset} from "./span.js";
import type {Operand, Scalar} from "./subject.js";

/** What is said something of: a field of the profile or of an event, or a measure. */
export interface Said {
  family: Family;
  unit?: string;
}

/** A test in words, to follow what is tested: "is at least 1,000 CAD". */
export function predicate(
  said: Said,
  operator: Operator,
  operand: Operand,
  ignoresYear: boolean,
  currency?: string
): string {
  // prettier-ignore
  const text = test(said, operator, operand, currency);
  return ignoresYear ? `${text}, whatever the year` : text;
}

/** Items in a row: "a, b and c"; long rows are cut short. */
export function series(items: string[], by: "and" | "or" | "nor"): string {
  if (items.length <= 2) return items.join(` ${by} `);
  if (items.length > 12) return `${items.slice(0, 10).join(", ")} ${by} ${items.length - 10} others`;
  return `${items.slice(0, -1).join(", ")} ${by} ${items.at(-1)}`;
}

/**
 * A label within a sentence. Its capital is taken off where it only stands for the beginning of its own name ("Tier" of
 * `tier`); proper names, and nouns of other languages, keep theirs.
 */
export function within(label: string, name: string): string {
  const first = /^[A-Z][a-z]+/.exec(label)?.[0].toLowerCase();
  const isOwn =
    first !== undefined &&
    name
      .toLowerCase()
      .split(/[^a-z]+/)
      .includes(first);
  return isOwn ? label[0]!.toLowerCase() + label.slice(1) : label;
}

/** A value in words: texts in quotes, numbers with their unit. */
export function showValue({family, unit}: Said, value: Scalar, currency?: string): string {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "string") return family === "text" ? `“${value}”` : value;
  const number = value.toLocaleString("en-US", {maximumFractionDigits: 6});
  if (unit === "money") return currency ? `${number} ${currency}` : number;
  return unit && unit !== "count" ? `${number} ${unit}` : number;
}

function test(said: Said, operator: Operator, operand: Operand, currency?: string): string {
  const show = (value: Scalar) => showValue(said, value, currency);
  const {phrase, operand: kind} = operators[operator];
  switch (kind) {
    case "flag":
      return operand ? "is known" : "is not known";
    case "span":
    case "period":
    case "file":
      return `${phrase} ${operand}`;
    case "pair": {
      const [low, high] = operand as [Scalar, Scalar];
      return `${phrase} ${show(low)} and ${show(high)}`;
    }
    case "around": {
      const [middle, span] = operand as [string, string];
      return `${phrase} ${span} of ${middle}`;
    }
    case "rolling": {
      const [from, to] = (operand as string[]).map(moment);
      return `${phrase} ${from} to ${to}`;
    }
    case "many":
      return `${phrase} ${series((operand as Scalar[]).map(show), operator === "in" ? "or" : "nor")}`;
    default:
      return `${phrase} ${show(operand as Scalar)}`;
  }
}

function moment(text: string): string {
  const offset = parseOffset(text);
  if (!offset) return text;
  if (offset.count === 0) return "now";
  const span = formatSpan({...offset, count: Math.abs(offset.count)});
  return offset.count < 0 ? `${span} ago` : `${span} from now`;
}
