import {localDate} from "../../../lib/calendar.js";
import {factsSql} from "../../../lib/deciles/facts.js";
import {rankSql} from "../../../lib/deciles/rank.js";
import type {MetricDefinition} from "../../../lib/definitions/metric.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {withPersonGroups} from "../personGroups.js";
import {typescriptModel} from "../../engine/typescriptModel.js";

/** `derived.rfm`: how recently, how often and for how much, in tie-safe quintiles, and the segment that follows. */
export function rfmNode(workspace: Workspace): GraphNode {
  const [metricName, metric] = valueMetric(workspace);
  const sql = rfmSql(metric);
  return typescriptModel({
    header: {
      name: "derived.rfm",
      description: `How recently, how often and for how much people acted, by the metric ${metricName}, over their lifetime.`,
      grain: "one row per person with an event that counts",
      key: ["profile_id"],
      publish: "rows",
      columns: {
        profile_id: "The person",
        recency_days: {description: "Local days from the last event that counts to the as-of instant", unit: "days"},
        frequency: {description: "Events that count, without refunds", unit: "events"},
        monetary: {description: `The metric ${metricName} over the lifetime`, unit: metric.unit},
        r: "Quintile of recency: 5 is most recent; equal values share it",
        f: "Quintile of frequency: 5 is most often; equal values share it",
        m: "Quintile of monetary value: 5 is most; equal values share it",
        segment: "What r, f and m together are called",
        as_of: "The instant described (UTC)"
      },
      tests: [
        {accepted_values: {column: "r", values: [1, 2, 3, 4, 5]}},
        {accepted_values: {column: "f", values: [1, 2, 3, 4, 5]}},
        {accepted_values: {column: "m", values: [1, 2, 3, 4, 5]}},
        {accepted_values: {column: "segment", values: segments.map(([label]) => label)}}
      ]
    },
    inputs: ["core.events"],
    usesAsOf: true,
    content: [sql, workspace.time_zone],
    build: ({database, asOf}) => {
      const parameters = {as_of: asOf, today: localDate(asOf, workspace.time_zone)};
      return withPersonGroups(database, 3, () => database.run(`create table derived.rfm__new as ${sql}`, parameters));
    }
  });
}

/** `derived.rfm_cuts`: the values at which the quintiles lie, so that later scores can be compared. */
export function rfmCutsNode(): GraphNode {
  const one = (score: string, column: string, dimension: string) => `
    select '${dimension}' as dimension, ${score} as score, min(${column})::decimal(18,4) as lower,
      max(${column})::decimal(18,4) as upper, count(*)::integer as profiles
    from derived.rfm group by ${score}`;
  const sql = `
    ${one("r", "recency_days", "recency_days")} union all ${one("f", "frequency", "frequency")}
    union all ${one("m", "monetary", "monetary")} order by dimension, score`;
  return typescriptModel({
    header: {
      name: "derived.rfm_cuts",
      description:
        "The cut points of the recency, frequency and monetary quintiles. A score that ties make impossible is absent.",
      grain: "one row per dimension and score",
      key: ["dimension", "score"],
      publish: "aggregate",
      columns: {
        dimension: "recency_days, frequency or monetary",
        score: "1 to 5; 5 is best",
        lower: "The least value with this score",
        upper: "The greatest value with this score",
        profiles: {description: "People with this score", unit: "people"}
      }
    },
    inputs: ["derived.rfm"],
    content: sql,
    build: ({database}) => database.run(`create table derived.rfm_cuts__new as ${sql}`)
  });
}

/** The metric that stands for worth: the first sum of money, else the first sum, else the first. */
export function valueMetric(workspace: Pick<Workspace, "metrics">): [string, MetricDefinition] {
  const metrics = Object.entries(workspace.metrics);
  const isSum = (metric: MetricDefinition) => metric.expression.startsWith("sum(");
  return (
    metrics.find(([, metric]) => isSum(metric) && metric.unit === "money") ??
    metrics.find(([, metric]) => isSum(metric)) ??
    metrics[0]!
  );
}

/**
 * In this order the first that applies names the segment, and one always does. `often` is the mean of f and m. Somebody
 * new stays new however much they spent, and only who came often can be slipping.
 */
const segments: [string, string][] = [
  ["New", "frequency = 1 and r >= 4"],
  ["Champions", "r >= 4 and often >= 4"],
  ["Loyal", "r = 3 and often >= 4"],
  ["Slipping", "often >= 4"],
  ["Promising", "r >= 4 and often >= 2.5"],
  ["Steady", "r = 3 and often >= 2.5"],
  ["At risk", "often >= 2.5"],
  ["Occasional", "r >= 3"],
  ["Lapsed", "true"]
];

function rfmSql(metric: MetricDefinition): string {
  const score = (from: string, column: string) => `
    select * exclude (bucket, reason, percentile, partition_size, tied), 6 - bucket as score
    from (${rankSql({from, partition: [], value: column, id: "profile_id", buckets: 5, ties: "together", minPartition: 1})})`;
  const counted: MetricDefinition = {...metric, expression: "count(*)", sign: "gross"};
  return `
  with counted as (${factsSql(counted)}), worth as (${factsSql(metric)}),
  seen as (
    select any_value(profile_id) as profile_id, -date_diff('day', max(event_date), $today::date) as last_seen,
      count(*)::integer as frequency
    from counted where event_time < $as_of::timestamp group by profile_number
  ),
  spent as (
    select any_value(profile_id) as profile_id, ${worth(metric)}::decimal(18,4) as monetary
    from worth where event_time < $as_of::timestamp group by profile_number
  ),
  base as materialized (select profile_id, last_seen, frequency, coalesce(monetary, 0) as monetary from seen left join spent using (profile_id)),
  r as (${score("(select profile_id, last_seen from base)", "last_seen")}),
  f as (${score("(select profile_id, frequency from base)", "frequency")}),
  m as (${score("(select profile_id, monetary from base)", "monetary")}),
  scored as (
    select base.*, r.score as r, f.score as f, m.score as m, (f.score + m.score) / 2 as often
    from base join r using (profile_id) join f using (profile_id) join m using (profile_id)
  )
  select profile_id, (-last_seen)::integer as recency_days, frequency, monetary, r, f, m,
    case ${segments.map(([label, condition]) => `when ${condition} then '${label}'`).join(" ")} end as segment,
    $as_of::timestamp as as_of
  from scored order by profile_id`;
}

function worth({expression}: MetricDefinition): string {
  const kind = expression.slice(0, expression.indexOf("("));
  if (kind === "distinct") return "count(distinct item)";
  if (kind === "last") return "arg_max(amount, place)";
  return kind === "count" ? "sum(amount)" : `${kind}(amount)`;
}
