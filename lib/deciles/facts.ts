import type {MetricDefinition} from "../definitions/metric.js";
import {quoteName, quoteText} from "../sql.js";

export interface FactsOptions {
  /** SQL of the category an event counts for; none where the category is the person's. */
  category?: string;
  /** What the category's SQL needs beside the event: joins to `events`. */
  joins?: string;
}

/**
 * SQL of the events that count for a metric: `profile_id, profile_number, event_time, event_date, amount` (or `item`, for
 * distinct; `place` beside the amount, for last), and `category` where one is given. Amounts are DECIMAL(18,4), so that
 * sums are exact.
 */
export function factsSql(metric: MetricDefinition, {category, joins = ""}: FactsOptions = {}): string {
  const {kind, column} = parseExpression(metric);
  const isNet = metric.sign === "net" && (kind === "sum" || kind === "count");
  const types = isNet ? [...metric.events, ...metric.refunds] : metric.events;
  const list = (values: string[]) => values.map(quoteText).join(", ");
  const source = column === "*" ? undefined : `events.${quoteName(column)}`;
  const isRefund = `events.event_type in (${list(metric.refunds)})`;
  const sign = isNet ? `case when ${isRefund} then -1 else 1 end` : "1";
  const columns = ["events.profile_id", "events.profile_number", "events.event_time", "events.event_date"];
  if (kind === "distinct") columns.push(`${source ?? "events.event_id"} as item`);
  else if (kind === "count") columns.push(`(${sign})::decimal(18,4) as amount`);
  else if (isNet) columns.push(`(case when ${isRefund} then -${source} else ${source} end)::decimal(18,4) as amount`);
  else columns.push(`${source}::decimal(18,4) as amount`);
  if (kind === "last") columns.push("row_number() over (order by events.event_time, events.event_id) as place");
  if (category) columns.push(`${categoryLabel(category)} as category`);
  const conditions = [`events.event_type in (${list(types)})`, "events.profile_id is not null"];
  if (source) conditions.push(`${source} is not null`);
  // The filter's names are the events' own, so it stands in a query of its own.
  const from = metric.filter ? `(from core.events where (${metric.filter}\n))` : "core.events";
  const keys = metric.dedupe?.map((key) => `events.${quoteName(key)}`);
  const first = keys && [
    `qualify ${keys.map((key) => `${key} is null`).join(" or ")}`,
    `or row_number() over (partition by events.profile_id, ${isRefund}, ${keys.join(", ")}`,
    "order by events.event_time, events.event_id) = 1"
  ];
  return [
    `select ${columns.join(", ")} from ${from} as events ${joins}`,
    `where ${conditions.join(" and ")}`,
    ...(first ?? [])
  ].join("\n");
}

/** A category as deciles show it: never null, and never mistaken for all together. */
export function categoryLabel(sql: string): string {
  return `case when ${sql} is null then '(none)' when ${sql}::varchar = '*' then '(*)' else ${sql}::varchar end`;
}

/** A metric's function and column: sum(properties.miles). */
export function parseExpression(metric: Pick<MetricDefinition, "expression">) {
  const [, kind, column] = /^(\w+)\((.+)\)$/.exec(metric.expression)!;
  return {kind: kind as "sum" | "count" | "distinct" | "min" | "max" | "last" | "forecast", column: column!};
}
