import type {MetricDefinition} from "../definitions/metric.js";
import {quoteInstant, quoteText} from "../sql.js";
import {factsSql, parseExpression, type FactsOptions} from "./facts.js";
import {rankSql} from "./rank.js";
import {totalsSql} from "./totals.js";
import type {DecileWindow} from "./windows.js";

export interface DecilesOptions {
  name: string;
  /** lean leaves out edges, ties, sizes and windows. */
  shape?: "full" | "lean";
  metric: MetricDefinition;
  /** Of a metric that is a forecast: the table of its values, with `profile_id, as_of`. */
  forecasts?: string;
  windows: DecileWindow[];
  buckets: number;
  ties: "together" | "split";
  minPartition: number;
  /** Query with `profile_id, first_event_at` (and `id`, under split): everybody there may be. */
  profiles: string;
  /** Where the category is a property of the event: its SQL. */
  eventCategory?: FactsOptions;
  /** Where the category is the person's at the as-of instant: query with `profile_id, as_of, category`. */
  profileCategory?: string;
  /** The SQL types of the columns of few words each; default: text. */
  types?: DecileTypes;
}

/** SQL types for the texts of `derived.deciles`: enumerations take a third of the time to write and to group by. */
export type DecileTypes = Record<"metric" | "lookback" | "category" | "reason", string>;

export const plainTypes: DecileTypes = {metric: "varchar", lookback: "varchar", category: "varchar", reason: "varchar"};

/**
 * SQL of `derived.deciles` for one metric: a row per profile, lookback, category and as-of instant. People without an
 * event that counts stand under category '*' alone, without a bucket, because they are inactive.
 */
export function decilesSql(options: DecilesOptions): string {
  const {name, shape, metric, windows, buckets, ties, minPartition, profiles, eventCategory, profileCategory} = options;
  const types = options.types ?? plainTypes;
  const words = {metric: `${quoteText(name)}::${types.metric}`, all: `'*'::${types.category}`, reason: types.reason};
  const list = windows.map((_, i) => `w${i}`).join(", ");
  const unpivot = `unnest(range(${windows.length}))::integer as w, unnest([${list}]) as value`;
  const id = ties === "split" ? ", id" : "";
  const categories = eventCategory
    ? `union all
      from (select profile_id, category::${types.category} as category${id}, ${unpivot} from totals ${id && "join people using (profile_id)"}
        where category <> '*') where value is not null`
    : profileCategory
      ? `union all
      select profile_id, category::${types.category}${id}, w, value from everybody
      join windows using (w) join (${profileCategory}) as categories using (profile_id, as_of)
      where value is not null`
      : "";
  const totals = options.forecasts
    ? forecastTotalsSql(metric, options.forecasts, windows)
    : totalsSql(metric, windows, eventCategory !== undefined);
  const facts = options.forecasts ? "" : `facts as (${factsSql(metric, eventCategory)}),`;
  const isCount = /^(sum|count|distinct)/.test(metric.expression);
  return `
  with windows (w, lookback, window_start, window_end, as_of) as (
    values ${windows.map((window, i) => row(window, i, types.lookback)).join(", ")}
  ),
  people as materialized (${profiles}),
  ${facts}
  totals as materialized (${totals}),
  everybody as materialized (
    select profile_id, first_event_at${id}, ${unpivot}
    from people left join (from totals where category = '*') using (profile_id)
  ),
  active as (
    select profile_id, ${words.all} as category${id}, w, value from everybody where value is not null
    ${categories}
  ),
  ranked as materialized (${rankSql({
    from: "active",
    partition: ["w", "category"],
    value: "value",
    id: "id",
    buckets,
    ties,
    minPartition
  })}),
  ${shape === "lean" ? lean(words, isCount) : full(words, isCount)}`;
}

/** A forecast stands for one instant each; categories of the events it comes from it has none. */
function forecastTotalsSql(metric: MetricDefinition, table: string, windows: DecileWindow[]): string {
  const {column} = parseExpression(metric);
  const value = {value: "expected_value", orders: "expected_orders", p_alive: "p_alive"}[column]!;
  const each = windows.map(({end}, i) => `max(${value}::decimal(18,4)) filter (as_of = ${quoteInstant(end)}) as w${i}`);
  return `select profile_id, '*' as category, ${each.join(", ")} from ${table} group by profile_id`;
}

/** Texts of the result, and the type of the reasons. */
interface Words {
  metric: string;
  all: string;
  reason: string;
}

function lean({metric, all, reason}: Words, isCount: boolean): string {
  return `
  every as (
    select profile_id, w, category, bucket, reason::${reason} as reason, percentile, value from ranked
    union all
    select profile_id, w, ${all}, null, 'inactive'::${reason}, null, ${isCount ? "0" : "null"}
    from everybody join windows using (w) where value is null and first_event_at < as_of
  )
  select profile_id, ${metric} as metric, lookback, category, bucket, reason, percentile,
    value::decimal(18,4) as value, as_of
  from every join windows using (w)`;
}

function full({metric, all, reason}: Words, isCount: boolean): string {
  return `
  edges as (
    select w, category, bucket, min(value) as lower_edge, max(value) as upper_edge
    from ranked where bucket is not null group by all
  ),
  every as (
    select profile_id, w, category, bucket, reason::${reason} as reason, percentile, value, partition_size::integer as partition_size,
      lower_edge, upper_edge, tied::integer as tied
    from ranked left join edges using (w, category, bucket)
    union all
    select profile_id, w, ${all}, null, 'inactive'::${reason}, null, ${isCount ? "0" : "null"}, null, null, null, null
    from everybody join windows using (w) where value is null and first_event_at < as_of
  )
  select profile_id, ${metric} as metric, lookback, category, bucket, reason, percentile,
    value::decimal(18,4) as value, partition_size, lower_edge, upper_edge, tied, window_start, window_end, as_of
  from every join windows using (w)`;
}

function row({lookback, start, end}: DecileWindow, i: number, type: string): string {
  return `(${i}, ${quoteText(lookback)}::${type}, ${start ? quoteInstant(start) : "null::timestamp"}, ${quoteInstant(end)}, ${quoteInstant(end)})`;
}
