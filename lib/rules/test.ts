import {addDays, startOfDate} from "../calendar.js";
import type {ValueType} from "../definitions/fields.js";
import type {Parameters} from "./bind.js";
import {dateRange, instantRange, parseDate, type RuleContext} from "./dates.js";
import {localDateSql} from "./localDate.js";
import {both, deny, either} from "./logic.js";
import {denials, opposites, type Family, type Operator} from "./operators.js";
import type {Operand, Scalar} from "./subject.js";
import {yearDays, yearDaysSql} from "./yearless.js";

/** Something that is compared: a column, a measure of events, a field of an event. */
export interface Target {
  label: string;
  family: Family;
  type: ValueType;
  sql: string;
  /** Of an instant: the SQL of its local date, where there is a column of it. */
  localDate?: string;
}

export interface TestContext extends RuleContext {
  parameters: Parameters;
  /** The table of a list's values, as it stands in SQL; its one column `value` is text. */
  list?: (file: string) => string;
}

/** One test as a SQL condition; null or false where the value is missing, but for the operators that deny. */
export function compileTest(
  target: Target,
  operator: Operator,
  operand: Operand,
  ignoreYear: boolean,
  context: TestContext
): string {
  // prettier-ignore
  if (denials.has(operator)) return deny(compileTest(target, opposites[operator]!, operand, ignoreYear, context));
  const {sql, family} = target;
  if (operator === "exists" || operator === "inactive")
    return `(${sql} is ${(operator === "exists") === operand ? "not null" : "null"})`;
  if (operator === "in_file") return inFile(target, operand as string, context);
  if (family === "date") {
    return ignoreYear ? yearless(target, operator, operand, context) : dated(target, operator, operand, context);
  }
  const value = (v: unknown) => context.parameters.bind(v as Scalar, sqlTypes[family]);
  if (operator === "in") return `${sql} in (${[...new Set(operand as Scalar[])].map(value).join(", ")})`;
  if (operator === "between") {
    const [low, high] = operand as Scalar[];
    return `(${sql} >= ${value(low)} and ${sql} <= ${value(high)})`;
  }
  return comparison(operator, sql, value(operand));
}

/** A test against another value that is looked up rather than given; dates and instants by their local dates. */
export function compileComparison(target: Target, operator: Operator, other: Target, context: RuleContext): string {
  if (denials.has(operator)) return deny(compileComparison(target, opposites[operator]!, other, context));
  return comparison(operator, comparable(target, context), comparable(other, context));
}

/** The SQL by which two values of a family are compared. */
export function comparable({family, type, sql, localDate}: Target, context: RuleContext): string {
  if (family === "number" || family === "decile") return `${sql}::double`;
  if (type === "timestamp") return localDate ?? localDateSql(sql, context);
  return family === "text" ? `${sql}::varchar` : sql;
}

const sqlTypes = {text: "varchar", boolean: "boolean", number: "double", decile: "utinyint"};

function comparison(operator: Operator, a: string, b: string): string {
  switch (operator) {
    case "is":
      return `${a} = ${b}`;
    case "at_least":
    case "on_or_after":
      return `${a} >= ${b}`;
    case "more_than":
    case "after":
      return `${a} > ${b}`;
    case "at_most":
    case "on_or_before":
      return `${a} <= ${b}`;
    case "less_than":
    case "before":
      return `${a} < ${b}`;
    case "contains":
      return `contains(lower(${a}), lower(${b}))`;
    case "starts_with":
      return `starts_with(lower(${a}), lower(${b}))`;
    case "ends_with":
      return `ends_with(lower(${a}), lower(${b}))`;
    case "is_ignoring_case":
      return `lower(${a}) = lower(${b})`;
    default:
      throw new Error(`"${operator}" compares with no other field`);
  }
}

function inFile({label, family, sql, ...target}: Target, file: string, context: TestContext): string {
  if (!context.list) throw new Error(`${label}: the list ${file} is not at hand here`);
  const type = {text: "varchar", number: "double", date: "date"}[family as "text" | "number" | "date"];
  const value = family === "date" ? comparable({label, family, sql, ...target}, context) : sql;
  return `${value} in (select try_cast(value as ${type}) from ${context.list(file)} where try_cast(value as ${type}) is not null)`;
}

function dated(target: Target, operator: Operator, operand: Operand, context: TestContext): string {
  const {sql, type} = target;
  const {parameters, timeZone} = context;
  if (type === "date") {
    const date = (text: string) => parameters.bind(text, "date");
    if (operator === "in") return `${sql} in (${days(operand).map(date).join(", ")})`;
    const {from, to} = dateRange(operator, operand, context);
    return both([...(from ? [`${sql} >= ${date(from)}`] : []), ...(to ? [`${sql} < ${date(to)}`] : [])]);
  }
  const within = (from?: Date, to?: Date) =>
    both([
      ...(from ? [`${sql} >= ${parameters.instant(from)}`] : []),
      ...(to ? [`${sql} < ${parameters.instant(to)}`] : [])
    ]);
  if (operator === "in")
    return either(
      days(operand).map((day) => within(startOfDate(day, timeZone), startOfDate(addDays(day, 1), timeZone)))
    );
  const {from, to} = instantRange(operator, operand, context);
  return within(from, to);
}

function yearless(target: Target, operator: Operator, operand: Operand, context: TestContext): string {
  const date = comparable(target, context);
  if (operator !== "in") return yearDaysSql(date, yearDays(operator, operand, context));
  return yearDaysSql(
    date,
    days(operand).flatMap((day) => yearDays("is", day, context)!)
  );
}

function days(operand: Operand): string[] {
  return [...new Set((operand as string[]).map((text) => parseDate(text)!))];
}
