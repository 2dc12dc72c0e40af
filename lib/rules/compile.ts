import {addDays, startOfDate} from "../calendar.js";
import {saysSomething} from "./check.js";
import {dateRange, instantRange, parseDate, type RuleContext} from "./dates.js";
import {fieldFamily, fieldOf, type Catalogue, type Field} from "./field.js";
import {denials, opposites, type Operator} from "./operators.js";
import {childrenOf, containerKind, testOf, type Condition, type Operand, type Rule, type Scalar} from "./rule.js";

/** SQL with positional parameters `$1`, `$2`, … */
export interface Compiled {
  sql: string;
  parameters: Scalar[];
}

export interface CompileOptions extends RuleContext {
  fields: Catalogue;
  /** Parameters that come before; new ones are numbered after them. */
  parameters?: Scalar[];
  /** The SQL of a column; default: its quoted name. */
  column?: (field: Field) => string;
  /** The table of a list's values, as it stands in SQL; its one column `value` is text. */
  list?: (file: string) => string;
  /** A node to be taken as true or false whatever it says: how a dragged condition is told from the rest. */
  assume?: {node: Rule; value: boolean};
}

/**
 * A checked rule as one SQL condition over the columns of the table of profiles. It may be null where it does not hold,
 * as in any WHERE or FILTER; below every denial nulls are made false, so that `none` is the exact opposite of `any`.
 * Empty containers say nothing. Values become parameters, never text.
 */
export function compileRule(rule: Rule, options: CompileOptions): Compiled {
  const parameters = [...(options.parameters ?? [])];
  const bind: Bind = (value, type) => {
    let index = parameters.indexOf(value);
    if (index < 0) index = parameters.push(value) - 1;
    return `$${index + 1}::${type}`;
  };
  return {sql: compile(rule, options, bind) ?? "true", parameters};
}

type Bind = (value: Scalar, type: string) => string;

function compile(rule: Rule, options: CompileOptions, bind: Bind): string | undefined {
  if (options.assume?.node === rule) return String(options.assume.value);
  const kind = containerKind(rule);
  if (!kind) return compileCondition(rule as Condition, options, bind);
  const parts = childrenOf(rule).flatMap((child) => {
    if (options.assume?.node !== child && !saysSomething(child)) return [];
    return compile(child, options, bind) ?? [];
  });
  if (parts.length === 0) return undefined;
  return kind === "none" ? deny(either(parts)) : kind === "any" ? either(parts) : both(parts);
}

function both(parts: string[]): string {
  if (parts.includes("false")) return "false";
  return join(
    parts.filter((part) => part !== "true"),
    " and ",
    "true"
  );
}

function either(parts: string[]): string {
  if (parts.includes("true")) return "true";
  return join(
    parts.filter((part) => part !== "false"),
    " or ",
    "false"
  );
}

function join(parts: string[], by: string, nothing = "true"): string {
  if (parts.length === 0) return nothing;
  return parts.length === 1 ? parts[0]! : `(${parts.join(by)})`;
}

function deny(sql: string): string {
  if (sql === "true" || sql === "false") return String(sql === "false");
  return `(not coalesce(${sql}, false))`;
}

function compileCondition(condition: Condition, options: CompileOptions, bind: Bind): string {
  const field = fieldOf(condition, options.fields);
  const column = options.column?.(field) ?? `"${field.column.replaceAll('"', '""')}"`;
  const {operator, operand} = testOf(condition);
  if (denials.has(operator)) return deny(positive(field, column, opposites[operator]!, operand, options, bind));
  return positive(field, column, operator, operand, options, bind);
}

function positive(
  field: Field,
  column: string,
  operator: Operator,
  operand: Operand,
  context: CompileOptions,
  bind: Bind
): string {
  if (operator === "exists" || operator === "inactive") {
    return `(${column} is ${(operator === "exists") === operand ? "not null" : "null"})`;
  }
  const family = fieldFamily(field);
  if (operator === "in_file") return inFile(field, column, operand as string, context);
  if (family === "date") return dateCondition(field, column, operator, operand, context, bind);
  const type = {text: "varchar", boolean: "boolean", number: "double", decile: "utinyint"}[family];
  const value = (v: unknown) => bind(v as Scalar, type);
  switch (operator) {
    case "is":
      return `${column} = ${value(operand)}`;
    case "in":
      return `${column} in (${unique(operand as Scalar[])
        .map(value)
        .join(", ")})`;
    case "at_least":
      return `${column} >= ${value(operand)}`;
    case "more_than":
      return `${column} > ${value(operand)}`;
    case "at_most":
      return `${column} <= ${value(operand)}`;
    case "less_than":
      return `${column} < ${value(operand)}`;
    case "between": {
      const [low, high] = operand as Scalar[];
      return `(${column} >= ${value(low)} and ${column} <= ${value(high)})`;
    }
    case "contains":
      return `contains(lower(${column}), lower(${value(operand)}))`;
    case "starts_with":
      return `starts_with(lower(${column}), lower(${value(operand)}))`;
    case "ends_with":
      return `ends_with(lower(${column}), lower(${value(operand)}))`;
    case "is_ignoring_case":
      return `lower(${column}) = lower(${value(operand)})`;
    default:
      throw new Error(`"${operator}" does not fit ${field.label}`);
  }
}

/** Membership in a list: its table has one column `value` of text, without nulls. */
function inFile(field: Field, column: string, file: string, {list}: CompileOptions): string {
  if (!list) throw new Error(`${field.label}: the list ${file} is not at hand here`);
  const type = {text: "varchar", number: "double", date: "date"}[fieldFamily(field) as "text" | "number" | "date"];
  return `${column} in (select try_cast(value as ${type}) from ${list(file)} where try_cast(value as ${type}) is not null)`;
}

function dateCondition(
  field: Field,
  column: string,
  operator: Operator,
  operand: Operand,
  context: RuleContext,
  bind: Bind
): string {
  const bound = (date: string) =>
    field.type === "date" ? bind(date, "date") : bind(instant(startOfDate(date, context.timeZone)), "timestamp");
  const dateBounds = () => {
    const {from, to} = dateRange(operator, operand, context);
    return {from: from && bind(from, "date"), to: to && bind(to, "date")};
  };
  const instantBounds = () => {
    const {from, to} = instantRange(operator, operand, context);
    return {from: from && bind(instant(from), "timestamp"), to: to && bind(instant(to), "timestamp")};
  };
  if (operator === "in") {
    const days = unique((operand as string[]).map((text) => parseDate(text)!));
    if (field.type === "date") return `${column} in (${days.map(bound).join(", ")})`;
    return join(
      days.map((day) => `(${column} >= ${bound(day)} and ${column} < ${bound(addDays(day, 1))})`),
      " or "
    );
  }
  const {from, to} = field.type === "date" ? dateBounds() : instantBounds();
  const parts = [from && `${column} >= ${from}`, to && `${column} < ${to}`].filter(Boolean) as string[];
  return join(parts, " and ");
}

function instant(date: Date): string {
  return date.toISOString().replace("T", " ").replace("Z", "");
}

function unique<T>(values: T[]): T[] {
  return [...new Set(values)];
}
