import {instantRange} from "./dates.js";
import {eventTypes} from "./event.js";
import {both} from "./logic.js";
import {measureFilter, measureSql, typeFilter, type EventMeasure} from "./measure.js";
import {testOf} from "./subject.js";
import {columnOf, readsProfile, type EventContext, type EventTable} from "./where.js";

/** The table of profiles, where conditions on events look fields of the profile up. */
export interface ProfileTable {
  table: string;
  key: string;
  /** A column that numbers the profiles from 0, almost without gaps: events are grouped by it where they have it too. */
  number?: string;
}

/** The columns by which the events of a pass and the profiles find each other. */
export function passKeys(profiles: Omit<ProfileTable, "table">, events: EventTable | undefined) {
  return profiles.number !== undefined && events?.number !== undefined
    ? {profile: profiles.number, event: events.number}
    : {profile: profiles.key, event: events?.key};
}

/**
 * One pass over the events that takes any number of measures: per profile with such events `_key`, `_0`, `_1`, …. Only
 * events before as-of count; `having` is asked of these columns.
 */
export function passSql(
  measures: EventMeasure[],
  profiles: ProfileTable,
  context: EventContext,
  {only, having}: {only?: string; having?: string} = {}
): string {
  const {events, parameters, asOf} = context;
  const e = "e";
  const key = `${e}.${passKeys(profiles, events).event}`;
  const filters = measures.map((measure) => {
    return both([typeFilter(eventTypes(measure.event), e, context), measureFilter(measure, e, context).sql]);
  });
  const single = measures.length === 1;
  const columns = measures.map(
    (measure, i) => `${measureSql(measure, single ? "true" : filters[i]!, e, context)} as _${i}`
  );
  const time = columnOf(events, "event_time", e);
  const kept = both([
    `${time} < ${parameters.instant(asOf)}`,
    ...(single ? filters : [types(measures, context), since(measures, context)]),
    only ? `${e}.${events.key} = ${only}` : `${key} is not null`
  ]);
  const joined = measures.some(({where}) => readsProfile(where))
    ? `\n  left join ${profiles.table} as p on p.${profiles.key} = ${e}.${events.key}`
    : "";
  return `select ${[`${key} as _key`, ...columns].join(",\n    ")}
  from ${events.table} as ${e}${joined}
  where ${kept.replace(/^\((.*)\)$/s, "$1")}
  group by ${key}${having === undefined ? "" : `\n  having ${having}`}`;
}

/** The types that any of the measures takes. */
function types(measures: EventMeasure[], context: EventContext): string {
  const all = new Set(measures.flatMap(({event}) => eventTypes(event)));
  return typeFilter(all.has("*") ? ["*"] : [...all].sort(), "e", context);
}

/** The earliest event that any of the measures takes. */
function since(measures: EventMeasure[], context: EventContext): string {
  const starts = measures.map(({time}) => {
    if (!time || time.ignore_year) return undefined;
    const {operator, operand} = testOf(time);
    if (["exists", "is_not", "not_in", "not_in_last", "in", "in_file", "not_in_file"].includes(operator))
      return undefined;
    return instantRange(operator, operand, context).from;
  });
  if (starts.some((start) => start === undefined)) return "true";
  const earliest = new Date(Math.min(...starts.map(Number)));
  return `${columnOf(context.events, "event_time", "e")} >= ${context.parameters.instant(earliest)}`;
}
