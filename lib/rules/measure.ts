import {eventTestOf, eventTypes, measureOf, type EventCondition, type Measure} from "./event.js";
import {eventField} from "./eventField.js";
import type {Catalogue} from "./field.js";
import {both} from "./logic.js";
import {familyOf, type Operator} from "./operators.js";
import {compileTest, type Target, type TestContext} from "./test.js";
import {columnOf, compileTime, compileWhere, eventTarget, readsProfile, type EventContext} from "./where.js";

/** What event conditions compare, whatever with: the same for all that differ in operator and operand only. */
export type EventMeasure = Pick<EventCondition, "event" | "where" | "time" | Measure>;

/** The part of an event condition that is measured. */
export function eventMeasure(condition: EventCondition): EventMeasure {
  const {event, where, time} = condition;
  const measured = measureOf(condition);
  const types = eventTypes(event);
  return {
    event: types.includes("*") ? "*" : [...new Set(types)].sort(),
    ...(where && {where}),
    ...(time && {time}),
    ...(measured && {[measured.measure]: measured.field})
  };
}

/** An event condition's measure as something to compare, given the SQL of its column in the pass over the events. */
export function measureTarget(measure: EventMeasure, column: string, fields: Catalogue): Target {
  const measured = measureOf(measure);
  if (!measured) return {label: "count", family: "number", type: "integer", sql: `coalesce(${column}, 0)`};
  const {label, type} = eventField(measured.field, fields);
  switch (measured.measure) {
    case "distinct":
      return {label: `distinct ${label}`, family: "number", type: "integer", sql: `coalesce(${column}, 0)`};
    case "sum":
      return {label: `sum of ${label}`, family: "number", type: "decimal", sql: `coalesce(${column}, 0)`};
    case "average":
      return {label: `average ${label}`, family: "number", type: "number", sql: column};
    default: {
      const isEnd = measured.measure === "first" || measured.measure === "last";
      const sql = isEnd && measured.field !== "event_time" ? `struct_extract(${column}, 'v')` : column;
      return {label: `${measured.measure} ${label}`, family: familyOf(type), type, sql};
    }
  }
}

/** An event condition as SQL, given the column of its measure in the pass over the events; null counts as none. */
export function compileMeasure(
  condition: EventCondition,
  column: string,
  fields: Catalogue,
  context: TestContext
): string {
  const {operator, operand} = eventTestOf(condition);
  const target = measureTarget(condition, column, fields);
  if (!measureOf(condition) && operator === "exists") return operand ? `${column} > 0` : `${target.sql} = 0`;
  // Where no event would not do, a profile that is not in the pass need not be counted as zero.
  const sql = needsEvents(condition) ? column : target.sql;
  return compileTest({...target, sql}, operator, operand, condition.ignore_year === true, context);
}

/** Whether an event condition holds for nobody without such events, so that whoever is not in the pass is out. */
export function needsEvents(condition: EventCondition): boolean {
  const {measure} = measureOf(condition) ?? {};
  if (measure && measure !== "sum" && measure !== "distinct") return false;
  const {operator, operand} = eventTestOf(condition);
  if (operator === "exists") return !measure && operand === true;
  return needsSome.has(operator) && [operand].flat().every((value) => Number(value) > 0);
}

const needsSome = new Set<Operator>(["is", "in", "at_least", "more_than", "between"]);

/** SQL of the aggregate over those events that a filter keeps. */
export function measureSql(measure: EventMeasure, filter: string, alias: string, context: EventContext): string {
  const measured = measureOf(measure);
  const over = (call: string, more: string[] = []) => {
    const all = both([filter, ...more]);
    return all === "true" ? call : `${call} filter (where ${all})`;
  };
  if (!measured) return over("count(*)");
  const {sql, type} = eventTarget(measured.field, alias, context);
  // Sums of doubles depend on the order in which threads add them up; sums of decimals do not.
  const exact = type === "number" ? `try_cast(${sql} as decimal(30, 9))` : sql;
  const time = columnOf(context.events, "event_time", alias);
  switch (measured.measure) {
    case "sum":
      return over(`sum(${exact})`);
    case "average":
      return type === "number"
        ? `${over(`sum(${exact})`)}::double / ${over(`count(${exact})`)}`
        : over(`avg(${exact})`);
    case "distinct":
      return over(`count(distinct ${sql})`);
    case "min":
      return over(`min(${sql})`);
    case "max":
      return over(`max(${sql})`);
    default: {
      const end = measured.measure === "first" ? "min" : "max";
      if (measured.field === "event_time") return over(`${end}(${sql})`);
      // Of several events at one instant the least value is first and the greatest last, whatever their order.
      return over(`${end}(struct_pack(t := ${time}, v := ${sql}))`, [`${sql} is not null`]);
    }
  }
}

/** SQL of which events a measure takes, apart from their types; and what else it reads. */
export function measureFilter(
  measure: EventMeasure,
  alias: string,
  context: EventContext
): {sql: string; readsProfile: boolean} {
  // prettier-ignore
  const sql = both([compileTime(measure.time, alias, context), compileWhere(measure.where, alias, context)]);
  return {sql, readsProfile: readsProfile(measure.where)};
}

/** SQL of an event's type being one of some; true for every type. */
export function typeFilter(types: string[], alias: string, {events, parameters}: EventContext): string {
  if (types.includes("*")) return "true";
  const column = columnOf(events, "event_type", alias);
  const values = types.map((type) => parameters.bind(type, "varchar"));
  return values.length === 1 ? `${column} = ${values[0]}` : `${column} in (${values.join(", ")})`;
}
