import {addDays, localDate} from "../../../lib/calendar.js";
import {categoryLabel, factsSql, parseExpression} from "../../../lib/deciles/facts.js";
import type {MetricDefinition} from "../../../lib/definitions/metric.js";
import {quoteName, quoteText} from "../../../lib/sql.js";
import type {GraphNode} from "../../engine/node.js";
import {toLocalSql} from "../../engine/zones.js";
import type {Workspace} from "../../workspace.js";
import {eventCategory} from "../category.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {valueMetric} from "./rfm.js";

/** `insights.dim_category`: what people and events are told apart by. */
export function categoriesNode(workspace: Workspace): GraphNode {
  const {category} = workspace;
  const values = category?.property
    ? `select distinct ${categoryLabel(`properties.${quoteName(category.property)}`)} as category
       from core.events where event_time < $as_of::timestamp`
    : category
      ? `select distinct ${categoryLabel("value")} as category
         from core.attributes where attribute = ${quoteText(category.attribute!)}`
      : "select '*' as category where false";
  const sql = `
    select category,
      case category when '*' then 'All' when '(none)' then 'None' else category end as label,
      category = '*' as is_total
    from (
      select '*' as category union select '(none)' union ${values}
      union select distinct category from derived.decile_snapshots
    ) order by category`;
  return typescriptModel({
    header: {
      name: "insights.dim_category",
      description: `The categories${category ? ` (${category.name ?? category.attribute ?? category.property})` : ""}.`,
      grain: "one row per category",
      key: ["category"],
      role: "dimension",
      publish: "aggregate",
      columns: {
        category: "The category; * for all together, (none) where there is none",
        label: "As charts show it",
        is_total: "Whether it stands for all together"
      }
    },
    inputs: ["core.events", "core.attributes", "derived.decile_snapshots"],
    usesAsOf: true,
    content: sql,
    build: ({database, asOf}) =>
      database.run(
        `create table insights.dim_category__new as ${sql}`,
        sql.includes("$as_of") ? {as_of: asOf} : undefined
      )
  });
}

/** `insights.fact_base_daily`: the base by day, every day present. */
export function baseDailyNode(workspace: Workspace): GraphNode {
  const [metricName, metric] = valueMetric(workspace);
  const sql = baseDailySql(workspace, metric);
  return typescriptModel({
    header: {
      name: "insights.fact_base_daily",
      description:
        "The base by day: everybody known by then, who came in, who was active, and what they were worth. " +
        "Every day from the first event to the last day described is there.",
      grain: "one row per day and category; * is all together",
      key: ["date", "category"],
      role: "fact",
      publish: "aggregate",
      columns: {
        date: "The day (workspace's zone)",
        category: "The category; * for all together",
        count_profiles: {description: "People known by the end of the day; not additive over days", unit: "people"},
        count_new: {description: "People whose first event fell on it", unit: "people"},
        count_active: {
          description: "People with an event that counts for a metric; not additive over days",
          unit: "people"
        },
        count_events: {description: "Events that count for a metric", unit: "events"},
        value: {description: `${metricName} of the day`, unit: metric.unit}
      },
      tests: [{expression: "count_new <= count_profiles and count_active <= count_events"}],
      references: [
        {columns: ["date"], table: "insights.dim_date", fields: ["date"]},
        {columns: ["category"], table: "insights.dim_category", fields: ["category"]}
      ]
    },
    inputs: ["core.events", "core.profiles", "core.attributes", "insights.dim_date"],
    usesAsOf: true,
    content: [sql, workspace.time_zone],
    build: ({database, asOf}) =>
      database.run(`create table insights.fact_base_daily__new as ${sql}`, {
        as_of: asOf,
        last_day: addDays(localDate(asOf, workspace.time_zone), -1)
      })
  });
}

/**
 * People come first to one row per day and person, which is far less than the events; only then are they counted.
 * `amount` is exact, so the order of addition does not show.
 */
function baseDailySql(workspace: Workspace, metric: MetricDefinition): string {
  const isAdditive = ["sum", "count"].includes(parseExpression(metric).kind);
  const valued: MetricDefinition = isAdditive ? metric : {...metric, expression: "count(*)"};
  const ofEvent = eventCategory(workspace);
  const ofPerson = ofEvent ? undefined : workspace.category?.attribute;
  const join = ofPerson ? "join people using (profile_id)" : "";
  const label = ofEvent ? `, ${categoryLabel(ofEvent.category)} as category` : ofPerson ? "" : ", '(none)' as category";
  const first = ofEvent
    ? `select event_date as date ${label}
       from core.events as events ${ofEvent.joins ?? ""}
       where events.event_time < $as_of::timestamp and events.profile_id is not null
       qualify row_number() over (partition by events.profile_id order by events.event_time, events.event_id) = 1`
    : `select profile_id, (${toLocalSql("first_event_at", workspace.time_zone)})::date as date ${label} from core.profiles`;
  return `
    with valued as (${factsSql(valued, ofEvent)}),
    ${ofPerson ? `people as (select profile_id, ${categoryLabel(quoteName(ofPerson))} as category from core.profiles),` : ""}
    worth as (
      select event_date as date, ${ofEvent || ofPerson ? "category" : "'(none)' as category"}, sum(amount) as value
      from valued ${join} where event_time < $as_of::timestamp group by all
    ),
    counted as (
      select events.profile_id, events.event_date as date ${label}, count(*) as n
      from core.events as events ${ofEvent?.joins ?? ""}
      where events.event_time < $as_of::timestamp and events.profile_id is not null and (${active(workspace)})
      group by all
    ),
    arrivals as (${first}),
    parts as materialized (
      select date, category, 0 as count_new, 0 as count_active, 0 as count_events, value from worth
      union all
      select date, category, 0, count(*), sum(n), 0 from counted ${join} group by all
      union all
      select date, category, count(*), 0, 0, 0 from arrivals ${join} group by all
      ${ofEvent ? "union all select date, '*', 0, count(distinct profile_id), 0, 0 from counted group by date" : ""}
    ),
    sums as (
      select date, '*' as category, ${sums(ofEvent && "filter (category = '*')")} from parts group by date
      ${workspace.category ? `union all select date, category, ${sums()} from parts where category <> '*' group by all` : ""}
    ),
    grid as (
      select dates.date, kinds.category
      from (select date from insights.dim_date where date <= $last_day::date) as dates
      cross join (select distinct category from sums) as kinds
    )
    select
      grid.date,
      grid.category,
      sum(coalesce(sums.count_new, 0)) over (partition by grid.category order by grid.date)::bigint as count_profiles,
      coalesce(sums.count_new, 0) as count_new,
      coalesce(sums.count_active, 0) as count_active,
      coalesce(sums.count_events, 0) as count_events,
      coalesce(sums.value, 0)::decimal(18, 4) as value
    from grid
    left join sums on sums.date = grid.date and sums.category = grid.category
    order by grid.date, grid.category`;
}

/**
 * All together is the sum of the categories, but for those active: under the categories of their events people stand
 * several times, so that there they are counted for themselves, which `ofActive` picks.
 */
function sums(ofActive = ""): string {
  return `sum(count_new)::bigint as count_new, (sum(count_active) ${ofActive})::bigint as count_active,
        sum(count_events)::bigint as count_events, sum(value)::decimal(18, 4) as value`;
}

/** Which events make a person active: the workspace's condition, else those of its metrics. */
function active(workspace: Workspace): string {
  if (workspace.active) return workspace.active;
  const types = [...new Set(Object.values(workspace.metrics).flatMap((metric) => metric.events))].sort();
  return `events.event_type in (${types.map(quoteText).join(", ")})`;
}
