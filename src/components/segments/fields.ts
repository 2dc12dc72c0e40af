import type {ValueType} from "../../lib/definitions/fields.js";
import {fieldFamily, subjectFor, type Field} from "../../lib/rules/field.js";
import {operators, type Operator} from "../../lib/rules/operators.js";
import type {Condition, Operand, Scalar, Test} from "../../lib/rules/subject.js";
import type {EventField} from "../../lib/rules/surroundings.js";

/** A row of `segments_fields.arrow`. */
export interface FieldRow {
  column_name: string;
  kind: string;
  name: string;
  lookback: string | null;
  label: string;
  description: string;
  type: string;
  unit: string | null;
  buckets: number | null;
  is_published: boolean;
  share_filled: number | null;
  distinct_values: number | null;
  top_values: string | null;
  quantiles: string | null;
}

/** How a field's values are spread. */
export interface Spread {
  shareFilled: number;
  distinct: number;
  /** The commonest values, most first. */
  top: {value: string; profiles: number}[];
  /** Minimum, every twentieth, 99th and 99.9th percentile, maximum; dates in seconds since 1970. */
  quantiles: number[];
}

/** A field and what is known of its values. */
export interface ProfileField extends Field, Spread {
  description: string;
  /** Files of values that a rule may name. */
  lists?: string[];
}

/** The fields that rules may name, as the builder uses them. */
export function profileFields(rows: readonly FieldRow[]): ProfileField[] {
  return rows
    .filter(({kind}) => kind !== "reach")
    .map((row) => ({
      kind: row.kind as Field["kind"],
      name: row.name,
      ...(row.lookback !== null && {lookback: row.lookback}),
      column: row.column_name,
      label: row.label,
      type: row.type as ValueType,
      ...(row.unit !== null && {unit: row.unit}),
      ...(row.buckets !== null && {buckets: row.buckets}),
      description: row.description,
      ...(!row.is_published && {published: false}),
      shareFilled: row.share_filled ?? 0,
      distinct: row.distinct_values ?? 0,
      top: JSON.parse(row.top_values ?? "[]") as ProfileField["top"],
      quantiles: JSON.parse(row.quantiles ?? "[]") as number[]
    }));
}

/** A channel, and the column that says why it reaches somebody or not. */
export interface ReachColumn {
  channel: string;
  label: string;
  column: string;
}

/** The channels whose reach is published by the person. */
export function reachColumns(rows: readonly FieldRow[]): ReachColumn[] {
  return rows
    .filter(({kind}) => kind === "reach")
    .map(({name: channel, label, column_name: column}) => ({channel, label, column}));
}

/** A channel's column as a field, so that rules counted beside the reader's own can ask for it. */
export function reachField({column, label}: ReachColumn): Field {
  return {kind: "attribute", name: column, column, label: `${label} reach`, type: "string"};
}

/** The fields that a list offers: those that somebody has a value of, and those of which the site knows nothing. */
export function offeredFields(fields: readonly ProfileField[]): ProfileField[] {
  return fields.filter(({shareFilled, published}) => shareFilled > 0 || published === false);
}

/** What a field is called in lists: "Spend, 12 months". */
export function fieldTitle({label, lookback, kind, buckets}: Field): string {
  const rank = buckets === 10 ? "decile" : "rank";
  return [kind === "decile" ? `${label} ${rank}` : label, lookback].filter(Boolean).join(", ");
}

/** The condition that a newly chosen field begins with. */
export function firstCondition(field: ProfileField): Condition {
  const defaults: Record<string, Operator> = {
    text: "in",
    number: "at_least",
    boolean: "is",
    date: "on_or_after",
    decile: "in"
  };
  const operator = defaults[fieldFamily(field)]!;
  return withOperator(field, operator);
}

/** A condition with another operator; keeps the operand where its form fits. */
function withOperator(
  field: ProfileField,
  operator: Operator,
  before?: {operator: Operator; operand: Operand}
): Condition {
  return {...subjectFor(field), ...testWith(field, operator, before)} as Condition;
}

/** An operator with an operand to begin with, or the one before where its form fits. */
export function testWith(
  field: ProfileField,
  operator: Operator,
  before?: {operator: Operator; operand: Operand}
): Test {
  return {[operator]: operandFor(field, operator, before)};
}

/** An event's field as the controls take it; dates of which nothing is known begin at the as-of day. */
export function eventProfileField(field: EventField, asOf: Date, spread: Spread = unknownSpread): ProfileField {
  const {name, label, type, unit, description = "", published} = field;
  const isDate = type === "date" || type === "timestamp";
  const quantiles = isDate && spread.quantiles.length === 0 ? asOfAlone(asOf) : spread.quantiles;
  return {
    kind: "attribute",
    name,
    column: name,
    label,
    type,
    description,
    ...(unit && {unit}),
    ...(published !== undefined && {published}),
    ...spread,
    quantiles
  };
}

const unknownSpread: Spread = {shareFilled: 1, distinct: 0, top: [], quantiles: []};

function asOfAlone(asOf: Date): number[] {
  return new Array<number>(23).fill(asOf.getTime() / 1000 - 1);
}

function operandFor(field: ProfileField, operator: Operator, before?: {operator: Operator; operand: Operand}): Operand {
  const kind = operators[operator].operand;
  const had = before && operators[before.operator].operand;
  const single = had === "one" || had === "many" || had === "pair" ? [before!.operand].flat()[0] : undefined;
  const value = single ?? middle(field);
  switch (kind) {
    case "flag":
      return true;
    case "span":
      return had === "span" ? before!.operand : "12 months";
    case "period":
      return "this month";
    case "pair":
      return had === "pair" ? before!.operand : [value, upper(field, value)];
    case "around":
      return had === "around" ? before!.operand : [value, "3 days"];
    case "rolling":
      return had === "rolling" ? before!.operand : ["-30 days", "-7 days"];
    case "file":
      return had === "file" ? before!.operand : "lists/";
    case "many":
      return had === "many" ? before!.operand : [value];
    default:
      return value;
  }
}

function middle(field: ProfileField): Scalar {
  switch (fieldFamily(field)) {
    case "text":
      return field.top[0]?.value ?? "";
    case "boolean":
      return true;
    case "decile":
      return 1;
    case "date":
      return isoDate(field.quantiles[10] ?? 0);
    case "number":
      return round(field.quantiles[10] ?? 0);
  }
}

function upper(field: ProfileField, value: Scalar): Scalar {
  if (fieldFamily(field) === "decile") return Math.min(field.buckets ?? 10, Number(value) + 2);
  const high = field.quantiles[18] ?? Number(value);
  return typeof value === "string" ? [value, isoDate(high)].sort()[1]! : Math.max(value as number, round(high));
}

function isoDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
