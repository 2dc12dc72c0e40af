import {addDays, localDate} from "../../../lib/calendar.js";
import {factsSql} from "../../../lib/deciles/facts.js";
import type {MetricDefinition} from "../../../lib/definitions/metric.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {valueMetric} from "./rfm.js";

/** `derived.cohorts`: what became of the people who began in each month. */
export function cohortsNode(workspace: Workspace): GraphNode {
  const [metricName, metric] = valueMetric(workspace);
  const sql = cohortsSql(metric);
  return typescriptModel({
    header: {
      name: "derived.cohorts",
      description: `What became of the people whose first event that counts for ${metricName} fell in each month.`,
      grain: "one row per first month and month since",
      key: ["cohort_month", "months_since"],
      publish: "aggregate",
      columns: {
        cohort_month: "The local month of the first event that counts, as its first day",
        months_since: {description: "Calendar months since", unit: "months"},
        profiles: {description: "People in the cohort", unit: "people"},
        active: {description: "Those with an event that counts in the month", unit: "people"},
        value: {description: `Their ${metricName} in the month`, unit: metric.unit},
        is_complete: "Whether the month was over at the as-of instant"
      },
      tests: [{expression: "active <= profiles"}]
    },
    inputs: ["core.events"],
    usesAsOf: true,
    content: [sql, workspace.time_zone],
    build({database, asOf}) {
      const today = localDate(asOf, workspace.time_zone);
      return database.run(`create table derived.cohorts__new as ${sql}`, {
        as_of: asOf,
        today,
        yesterday: addDays(today, -1)
      });
    }
  });
}

function cohortsSql(metric: MetricDefinition): string {
  const counted: MetricDefinition = {...metric, expression: "count(*)", sign: "gross"};
  const amount: MetricDefinition = metric.expression.startsWith("sum(") ? metric : {...metric, expression: "count(*)"};
  return `
  with counted as (${factsSql(counted)}), worth as (${factsSql(amount)}),
  months as (
    select profile_id, date_trunc('month', event_date)::date as month
    from counted where event_time < $as_of::timestamp group by all
  ),
  members as (select profile_id, min(month) as cohort_month from months group by profile_id),
  sizes as (select cohort_month, count(*)::integer as profiles from members group by cohort_month),
  spent as (
    select cohort_month, date_trunc('month', event_date)::date as month, sum(amount)::decimal(18,4) as value
    from worth join members using (profile_id) where event_time < $as_of::timestamp group by all
  ),
  active as (
    select cohort_month, month, count(*)::integer as active from months join members using (profile_id) group by all
  ),
  grid as (
    select cohort_month, profiles, unnest(range(0, date_diff('month', cohort_month, $yesterday::date) + 1)) as months_since
    from sizes
  )
  select grid.cohort_month, months_since::integer as months_since, profiles, coalesce(active, 0) as active,
    coalesce(value, 0)::decimal(18,4) as value,
    grid.cohort_month + to_months(months_since::integer + 1) <= $today::date as is_complete
  from grid
  left join active on active.cohort_month = grid.cohort_month
    and active.month = grid.cohort_month + to_months(months_since::integer)
  left join spent on spent.cohort_month = grid.cohort_month
    and spent.month = grid.cohort_month + to_months(months_since::integer)
  order by grid.cohort_month, months_since`;
}
