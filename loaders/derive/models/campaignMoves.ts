import {utcText} from "../../../lib/sql.js";
import type {Interval} from "../../../lib/stats/interval.js";
import {newcombe} from "../../../lib/stats/newcombe.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {finite, groupBy} from "../response/arms.js";
import {spanColumns, spanInputs, spansSql, withAllMailed} from "../response/spans.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {writeRows} from "./campaigns.js";
import {hasForecastMetric} from "./deciles.js";

/** By how much P(alive) must change to count as a move. */
const step = 0.05;

/**
 * `derived.campaign_moves`: of the people of each arm, how many rose after the send and how many of those hold it now.
 * People who were at their lowest tend to rise by themselves and those at their best to fall (regression to the mean):
 * the held-out people show by how much, and the difference to them is what the campaign can claim.
 */
export function campaignMovesNode(workspace: Workspace): GraphNode {
  const hasForecast = hasForecastMetric(workspace);
  const sql = movesSql(hasForecast);
  return typescriptModel({
    header: {
      name: "derived.campaign_moves",
      description:
        "Whether people whose decile or P(alive) rose after a campaign hold it, beside the people held out: at the send, " +
        "at the calendar's first instant four weeks later or more, and now.",
      grain: "one row per campaign, arm and ranking (decile, p_alive); arm * is all mailed arms together",
      key: ["campaign_id", "arm", "ranking"],
      publish: "aggregate",
      columns: {
        ...spanColumns,
        ranking: "decile: by the campaign's ranked_by; p_alive: the forecast's, by steps of 5 points",
        held_as_of: "Now (UTC); null where no later instant is known yet",
        n: {description: "People ranked at the send", unit: "people"},
        rose: {description: "Of them, people who ranked better at to_as_of", unit: "people"},
        fell: {description: "Of them, people who ranked worse, the inactive included", unit: "people"},
        held: {description: "Of those who rose, people still better now than at the send", unit: "people"},
        share_rose: {description: "rose ÷ n", unit: "share"},
        share_held: {description: "held ÷ rose", unit: "share"},
        rose_difference: {description: "share_rose less the held-out people's", unit: "share"},
        rose_lower: "Its 95% interval's lower end (Newcombe)",
        rose_upper: "Its 95% interval's upper end",
        kept_difference: {description: "held ÷ n less the held-out people's: the gain that lasts", unit: "share"},
        kept_lower: "Its 95% interval's lower end (Newcombe)",
        kept_upper: "Its 95% interval's upper end"
      },
      tests: [{expression: "held is null or held <= rose"}, {expression: "rose + fell <= n"}],
      references: [{columns: ["campaign_id"], table: "insights.dim_campaign", fields: ["campaign_id"]}]
    },
    inputs: spanInputs(hasForecast),
    usesAsOf: true,
    content: [sql, 2],
    async build({database, asOf}) {
      const rows = await database.rows<MovesRow>(sql, {as_of: asOf});
      const groups = groupBy(rows, (row) => JSON.stringify([row.campaign_id, row.ranking]));
      await writeRows(database, "derived.campaign_moves__new", shape, [...groups.values()].flatMap(compared));
    }
  });
}

interface MovesRow {
  campaign_id: string;
  arm: string;
  is_holdout: boolean;
  ranking: string;
  from_as_of: Date;
  to_as_of: Date;
  held_as_of: Date | null;
  n: number;
  rose: number;
  fell: number;
  held: number | null;
}

const shape = {
  campaign_id: "VARCHAR",
  arm: "VARCHAR",
  is_holdout: "BOOLEAN",
  ranking: "VARCHAR",
  from_as_of: "TIMESTAMP",
  to_as_of: "TIMESTAMP",
  held_as_of: "TIMESTAMP",
  n: "BIGINT",
  rose: "BIGINT",
  fell: "BIGINT",
  held: "BIGINT",
  share_rose: "DOUBLE",
  share_held: "DOUBLE",
  rose_difference: "DOUBLE",
  rose_lower: "DOUBLE",
  rose_upper: "DOUBLE",
  kept_difference: "DOUBLE",
  kept_lower: "DOUBLE",
  kept_upper: "DOUBLE"
};

function compared(arms: readonly MovesRow[]): Record<string, unknown>[] {
  const holdouts = arms.filter((arm) => arm.is_holdout);
  const total = (of: (arm: MovesRow) => number | null) => holdouts.reduce((sum, arm) => sum + (of(arm) ?? 0), 0);
  const control = {n: total((arm) => arm.n), rose: total((arm) => arm.rose), held: total((arm) => arm.held)};
  return arms.map((arm) => {
    const isCompared = !arm.is_holdout && control.n > 0;
    const rose = isCompared ? newcombe(arm.rose, arm.n, control.rose, control.n) : unknown;
    const kept = isCompared && arm.held !== null ? newcombe(arm.held, arm.n, control.held, control.n) : unknown;
    return {
      ...arm,
      from_as_of: utcText(arm.from_as_of),
      to_as_of: utcText(arm.to_as_of),
      held_as_of: arm.held_as_of && utcText(arm.held_as_of),
      share_rose: arm.rose / arm.n,
      share_held: arm.held === null ? null : finite(arm.held / arm.rose),
      rose_difference: finite(rose.estimate),
      rose_lower: finite(rose.lower),
      rose_upper: finite(rose.upper),
      kept_difference: finite(kept.estimate),
      kept_lower: finite(kept.lower),
      kept_upper: finite(kept.upper)
    };
  });
}

const unknown: Interval = {estimate: NaN, lower: NaN, upper: NaN};

/** A score of which higher is better, per person and instant: the bucket below zero, or P(alive). */
function movesSql(hasForecast: boolean): string {
  const alive = `
    union all
    select 'p_alive', '', '', '', profile_id, as_of, p_alive from derived.value_snapshots semi join moments using (as_of)
    union all
    select 'p_alive', '', '', '', profile_id, $as_of::timestamp, p_alive from derived.lifetime_value
    where p_alive is not null and exists (from moments where as_of = $as_of::timestamp)`;
  return `
  with ${spansSql}, moments as (
    select distinct metric, lookback, category, unnest([from_as_of, to_as_of, held_as_of]) as as_of from spans
  ), scores as (
    select 'decile' as ranking, metric, lookback, category, profile_id, as_of, -bucket::double as score
    from derived.decile_snapshots semi join moments using (metric, lookback, category, as_of)
    where bucket is not null${hasForecast ? alive : ""}
  ), asked as (
    select *, 'decile' as ranking, 0.5 as step from spans
    ${hasForecast ? `union all select * replace ('' as metric, '' as lookback, '' as category), 'p_alive', ${step} from spans` : ""}
  ), people as (
    select sends.campaign_id, sends.arm, sends.is_holdout, asked.ranking, asked.step, asked.from_as_of, asked.to_as_of,
      asked.held_as_of, now.score as score_before, coalesce(later.score, '-infinity'::double) as score_after,
      coalesce(last.score, '-infinity'::double) as score_now
    from activation.sends as sends
    join asked on asked.campaign_id = sends.campaign_id
    join scores as now
      on now.profile_id = sends.profile_id and now.ranking = asked.ranking and now.as_of = asked.from_as_of
      and now.metric = asked.metric and now.lookback = asked.lookback
      and now.category = asked.category
    left join scores as later
      on later.profile_id = sends.profile_id and later.ranking = asked.ranking and later.as_of = asked.to_as_of
      and later.metric = asked.metric and later.lookback = asked.lookback
      and later.category = asked.category
    left join scores as last
      on last.profile_id = sends.profile_id and last.ranking = asked.ranking and last.as_of = asked.held_as_of
      and last.metric = asked.metric and last.lookback = asked.lookback
      and last.category = asked.category
  ), moved as (
    select *, score_after >= score_before + step as is_risen, score_after <= score_before - step as is_fallen,
      score_now >= score_before + step as is_better_now
    from people
  ), arms as (
    ${withAllMailed("moved")}
  )
  select campaign_id, arm, is_holdout, ranking, from_as_of, to_as_of, held_as_of, count(*) as n,
    count(*) filter (is_risen) as rose, count(*) filter (is_fallen) as fell,
    case when held_as_of is not null then count(*) filter (is_risen and is_better_now) end as held
  from arms
  group by campaign_id, arm, is_holdout, ranking, from_as_of, to_as_of, held_as_of
  order by campaign_id, ranking, arm`;
}
