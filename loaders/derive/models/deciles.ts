import {formatLookback, parseLookback} from "../../../lib/definitions/lookback.js";
import {isForecast, type MetricDefinition} from "../../../lib/definitions/metric.js";
import {decilesSql, plainTypes, type DecileTypes} from "../../../lib/deciles/deciles.js";
import {categoryLabel} from "../../../lib/deciles/facts.js";
import {decileWindows} from "../../../lib/deciles/windows.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {categoryStays, eventCategory} from "../category.js";
import {decileTypes} from "../decileTypes.js";
import {allLookbacks} from "../lookbacks.js";
import {withPersonGroups} from "../personGroups.js";
import {typescriptModel} from "../../engine/typescriptModel.js";

/** `derived.deciles`: who ranks where, as of now. */
export function decilesNode(workspace: Workspace): GraphNode {
  return typescriptModel({
    header: {
      name: "derived.deciles",
      description: "Where everybody ranks, by metric, lookback and category, at the as-of instant.",
      grain: "one row per person, metric, lookback and category",
      key: ["profile_id", "metric", "lookback", "category"],
      publish: "rows",
      columns: decileColumns
    },
    inputs: [...decileInputs(workspace), ...(hasForecastMetric(workspace) ? ["derived.lifetime_value"] : [])],
    usesAsOf: true,
    content: [metricQueries(workspace, [new Date(0)]), workspace.time_zone, 2],
    async build({database, asOf}) {
      const types = await decileTypes(database, workspace);
      const target = (i: number) =>
        i === 0 ? "create table derived.deciles__new as" : "insert into derived.deciles__new";
      await withPersonGroups(database, allLookbacks(workspace).length + 1, async () => {
        for (const [i, sql] of metricQueries(workspace, [asOf], {types}).entries()) {
          await database.run(`${target(i)} ${sql}`);
        }
      });
    }
  });
}

export const decileColumns = {
  profile_id: "The person",
  metric: "The metric's name in workspace.yaml",
  lookback: "How far back the window reaches: 12 months, lifetime",
  category: "The group ranked within: * for all together, (none) where there is none",
  bucket: "1 is best; null with a reason",
  reason: "Why there is no bucket: inactive (no event that counts in the window), small_partition",
  percentile: {description: "Place within the group: 100 is best, 0 last; equal values alike", unit: "percent"},
  value: "The metric's value in the window",
  partition_size: {description: "People ranked in the group", unit: "people"},
  lower_edge: "The bucket's least value",
  upper_edge: "The bucket's greatest value",
  tied: {description: "People in the group who share the value, this one included", unit: "people"},
  window_start: "First instant that counts (UTC); null for lifetime",
  window_end: "First instant that no longer counts (UTC)",
  as_of: "The instant described (UTC)"
};

/** The tables that deciles are computed from. */
export function decileInputs(workspace: Workspace): string[] {
  const inputs = ["core.events", "core.profiles"];
  if (workspace.category?.attribute) inputs.push("core.attributes");
  if (Object.values(workspace.metrics).some((metric) => ties(workspace, metric) === "split"))
    inputs.push("core.identities");
  return inputs;
}

/** Whether a metric is a forecast, so that deciles follow from lifetime value. */
export function hasForecastMetric(workspace: Workspace): boolean {
  return Object.values(workspace.metrics).some(isForecast);
}

/**
 * One query per metric, for these as-of instants, with the columns of `derived.deciles`; lean: those of
 * `derived.decile_snapshots`.
 */
export function metricQueries(
  workspace: Workspace,
  asOfs: Date[],
  {shape = "full", types = plainTypes}: {shape?: "full" | "lean"; types?: DecileTypes} = {}
): string[] {
  return Object.entries(workspace.metrics).map(([metricName, metric]) => {
    const buckets = metric.buckets ?? workspace.buckets;
    const given = isForecast(metric) ? ["lifetime"] : (metric.lookbacks ?? workspace.lookbacks);
    const lookbacks = given.map((text) => formatLookback(parseLookback(text)!));
    return decilesSql({
      ...(isForecast(metric) && {
        forecasts: shape === "full" ? "derived.lifetime_value" : "derived.value_snapshots"
      }),
      name: metricName,
      shape,
      types,
      metric,
      windows: decileWindows(asOfs, [...new Set(lookbacks)], workspace.time_zone),
      buckets,
      ties: ties(workspace, metric),
      minPartition: workspace.min_partition ?? buckets,
      profiles: profiles(ties(workspace, metric)),
      ...category(workspace)
    });
  });
}

function ties(workspace: Workspace, metric: MetricDefinition): "together" | "split" {
  return metric.ties ?? workspace.ties;
}

function profiles(policy: "together" | "split"): string {
  if (policy === "together") return "select profile_id, first_event_at from core.profiles";
  // A person's id is that of their primary identity, whose text decides between equal values, by code point.
  return `
    select profile_id, first_event_at, coalesce(min(identities.value), profile_id::varchar) as id
    from core.profiles left join core.identities as identities using (profile_id)
    where identities.identity_id = profile_id or identities.identity_id is null
    group by profile_id, first_event_at`;
}

function category(workspace: Workspace) {
  const attribute = workspace.category?.attribute;
  const ofEvent = eventCategory(workspace);
  if (ofEvent || !attribute) return {eventCategory: ofEvent};
  // ASOF, because a left join on an inequality beside the equality compares every pair.
  return {
    profileCategory: `
      select moments.profile_id, moments.as_of,
        ${categoryLabel("case when stays.valid_to is null or stays.valid_to >= moments.as_of then stays.category_value end")}
          as category
      from (
        select people.profile_id, instants.as_of
        from people cross join (select distinct as_of from windows) as instants
      ) as moments
      asof left join ${categoryStays(attribute)} on stays.person = moments.profile_id and stays.valid_from < moments.as_of`
  };
}
