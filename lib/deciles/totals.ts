import type {MetricDefinition} from "../definitions/metric.js";
import {quoteInstant} from "../sql.js";
import {parseExpression} from "./facts.js";
import type {DecileWindow} from "./windows.js";

/**
 * SQL of a metric's totals over `facts`: `profile_id, category`, and one column `w0`, `w1`, … per window, null where no
 * event counted in it. One pass over the facts for all windows. Category '*' is all of a person's events together;
 * `byCategory` adds a row per category of the events.
 */
export function totalsSql(metric: MetricDefinition, windows: DecileWindow[], byCategory: boolean): string {
  const {kind} = parseExpression(metric);
  const last = windows.reduce((end, window) => (window.end > end ? window.end : end), new Date(0));
  const category = byCategory ? "case when grouping(category) = 0 then category else '*' end" : "'*'";
  const group = (keys: string) =>
    byCategory ? `group by grouping sets ((${keys}, category), (${keys}))` : `group by ${keys}`;
  const before = `event_time < ${quoteInstant(last)}`;
  if (kind !== "distinct") {
    const aggregate = {sum: "sum(amount)", count: "sum(amount)", min: "min(amount)", max: "max(amount)", forecast: ""};
    const value = kind === "last" ? "arg_max(amount, place)" : aggregate[kind];
    const columns = windows.map((window, i) => `(${value} filter (where ${inside(window)}))::decimal(18,4) as w${i}`);
    // Of a number that a person alone has the engine may be told that it is dense.
    return `select any_value(profile_id) as profile_id, ${category} as category, ${columns.join(", ")}
      from facts where ${before} ${group("profile_number")}`;
  }
  // Windows that end together differ in their start alone: an item is in those that begin before it was last seen.
  const ends = [...new Set(windows.map((window) => window.end.getTime()))];
  const seen = ends.map(
    (end, i) => `max(event_time) filter (where event_time < ${quoteInstant(new Date(end))}) as seen${i}`
  );
  const columns = windows.map((window, i) => {
    const column = `seen${ends.indexOf(window.end.getTime())}`;
    const condition = window.start ? `${column} >= ${quoteInstant(window.start)}` : `${column} is not null`;
    return `nullif(count(*) filter (where ${condition}), 0)::decimal(18,4) as w${i}`;
  });
  return `
    select profile_id, category, ${columns.join(", ")} from (
      select profile_id, ${category} as category, ${seen.join(", ")} from facts where ${before} ${group("profile_id, item")}
    ) group by profile_id, category`;
}

function inside({start, end}: DecileWindow): string {
  const before = `event_time < ${quoteInstant(end)}`;
  return start ? `event_time >= ${quoteInstant(start)} and ${before}` : before;
}
