import {lift, type Outcome} from "../../../lib/response/lift.js";
import {sampleRatio} from "../../../lib/stats/sampleRatio.js";
import type {Database} from "../../engine/database.js";
import type {GraphNode} from "../../engine/node.js";
import {typescriptModel} from "../typescriptModel.js";
import {writeRows} from "./campaigns.js";

/** `derived.lift`: what each arm did beyond the people held out, counted from the assignment for fixed windows. */
export function liftNode(): GraphNode {
  return typescriptModel({
    header: {
      name: "derived.lift",
      description:
        "What each arm of a campaign did beyond the people held out: everybody assigned counts, mailed or not " +
        "(intention to treat), from the assignment on, for fixed windows.",
      grain: "one row per campaign, arm, measure and window; arm * is all mailed arms together",
      key: ["campaign_id", "arm", "measure", "window_days"],
      publish: "aggregate",
      columns: liftColumns,
      tests: [
        {accepted_values: {column: "kind", values: ["rate", "mean"]}},
        {expression: "lower is null or lower <= difference and difference <= upper"}
      ],
      references: [{columns: ["campaign_id"], table: "insights.dim_campaign", fields: ["campaign_id"]}]
    },
    inputs: ["core.events", "activation.campaigns", "activation.sends"],
    usesAsOf: true,
    content: [outcomesSql, armsSql, 1],
    async build({database, asOf}) {
      const outcomes = await database.rows<OutcomeRow>(outcomesSql, {as_of: asOf});
      const ratios = await sampleRatios(database);
      await writeRows(database, "derived.lift__new", liftShape, liftRows(outcomes, ratios));
    }
  });
}

const liftColumns = {
  campaign_id: "The campaign",
  arm: "The arm compared; * is all mailed arms together",
  measure: "What was measured",
  measure_label: "What pages call it",
  kind: "rate: had such an event; mean: the sum of their value, per head",
  position: "The measure's place in the definition",
  window_days: {description: "Days from the assignment that count", unit: "days"},
  n_treated: {description: "People assigned to the arm", unit: "people"},
  n_control: {description: "People held out", unit: "people"},
  events_treated: {description: "People of the arm with such an event", unit: "people"},
  events_control: {description: "People held out with such an event", unit: "people"},
  sum_treated: "Rates: as events_treated; means: the arm's total",
  sum_control: "The same of the people held out",
  treated: "The arm's rate or mean",
  control: "The held-out people's rate or mean",
  difference: "Arm less holdout",
  lower: "Its 95 % interval's lower end",
  upper: "Its 95 % interval's upper end",
  statistic: "z of a rate, t of a mean",
  df: "Degrees of freedom of t",
  p_value: "Two-sided chance of such a difference if there were none",
  method: "newcombe (score interval of two rates) or welch (t of two means)",
  relative: "Arm ÷ holdout − 1; null below 30 held-out people with an event",
  relative_lower: "Its 95 % interval's lower end, of rates",
  relative_upper: "Its 95 % interval's upper end, of rates",
  total: "The difference over everybody in the arm: people or money",
  total_lower: "Its 95 % interval's lower end",
  total_upper: "Its 95 % interval's upper end",
  is_complete: "Whether the window has passed for everybody",
  sample_ratio_p: "Chance of such arm sizes under the shares meant; null where the definition names none",
  is_sample_ratio_ok: "Whether that chance is at least 0.001; below, the split is broken and differences mean nothing"
};

const liftShape = {
  campaign_id: "VARCHAR",
  arm: "VARCHAR",
  measure: "VARCHAR",
  measure_label: "VARCHAR",
  kind: "VARCHAR",
  position: "INTEGER",
  window_days: "INTEGER",
  n_treated: "BIGINT",
  n_control: "BIGINT",
  events_treated: "BIGINT",
  events_control: "BIGINT",
  sum_treated: "DOUBLE",
  sum_control: "DOUBLE",
  treated: "DOUBLE",
  control: "DOUBLE",
  difference: "DOUBLE",
  lower: "DOUBLE",
  upper: "DOUBLE",
  statistic: "DOUBLE",
  df: "DOUBLE",
  p_value: "DOUBLE",
  method: "VARCHAR",
  relative: "DOUBLE",
  relative_lower: "DOUBLE",
  relative_upper: "DOUBLE",
  total: "DOUBLE",
  total_lower: "DOUBLE",
  total_upper: "DOUBLE",
  is_complete: "BOOLEAN",
  sample_ratio_p: "DOUBLE",
  is_sample_ratio_ok: "BOOLEAN"
};

interface OutcomeRow {
  campaign_id: string;
  arm: string;
  is_holdout: boolean;
  measure: string;
  measure_label: string;
  kind: "rate" | "mean";
  position: number;
  window_days: number;
  n: number;
  events: number;
  sum: number;
  squares: number;
  is_complete: boolean;
}

/**
 * One row per campaign with a holdout, arm, measure and window: people, people with an event, and the moments of what
 * a head did. Sums are of decimals, so that they do not depend on the order of addition.
 */
const outcomesSql = `
  with campaigns as (
    from activation.campaigns
    where campaign_id in (select campaign_id from activation.sends where is_holdout)
  ), people as (
    select campaign_id, arm, is_holdout, profile_id, assigned_at from activation.sends
    where campaign_id in (select campaign_id from campaigns)
  ), arms as (
    select campaign_id, arm, bool_or(is_holdout) as is_holdout, count(*) as n, max(assigned_at) as last_assigned_at
    from people group by campaign_id, arm
  ), measures as (
    select campaign_id, unnest(measures, recursive := true) from campaigns
  ), windows as (
    select campaign_id, unnest(windows) as window_days from campaigns
  ), counted as (
    select campaign_id, measure, kind, unnest(events) as event_type, 1 as sign from measures
    union all
    select campaign_id, measure, kind, 'commerce.refund', -1 from measures
    where kind = 'mean' and sign = 'net' and not list_contains(events, 'commerce.refund')
  ), hits as (
    select people.campaign_id, people.arm, people.profile_id, counted.measure, counted.kind, counted.sign,
      events.value, events.event_time - people.assigned_at as since
    from core.events as events
    join people on people.profile_id = events.profile_id
    join counted on counted.campaign_id = people.campaign_id and counted.event_type = events.event_type
    where events.event_time < $as_of::timestamp
      and events.event_type in (select event_type from counted)
      and events.event_time >= (select min(assigned_at) from people)
      and events.event_time >= people.assigned_at
      and events.event_time < people.assigned_at + to_days((select max(window_days) from windows))
  ), heads as (
    select hits.campaign_id, hits.arm, hits.profile_id, hits.measure, windows.window_days,
      count(*) filter (hits.sign = 1) > 0 as has_event,
      case
        when any_value(hits.kind) = 'rate' then (count(*) filter (hits.sign = 1) > 0)::integer
        else coalesce(sum(hits.sign * hits.value), 0)
      end::decimal(18, 4) as amount
    from hits
    join windows on windows.campaign_id = hits.campaign_id and hits.since < to_days(windows.window_days)
    group by hits.campaign_id, hits.arm, hits.profile_id, hits.measure, windows.window_days
  ), totals as (
    select campaign_id, arm, measure, window_days, count(*) filter (has_event) as events, sum(amount) as sum,
      sum(amount * amount) as squares
    from heads group by campaign_id, arm, measure, window_days
  )
  select
    arms.campaign_id, arms.arm, arms.is_holdout, measures.measure, measures.label as measure_label, measures.kind,
    measures.position, windows.window_days, arms.n,
    coalesce(totals.events, 0) as events,
    coalesce(totals.sum, 0)::double as sum,
    coalesce(totals.squares, 0)::double as squares,
    max(arms.last_assigned_at) over (partition by arms.campaign_id) + to_days(windows.window_days)
      <= $as_of::timestamp as is_complete
  from arms
  join measures on measures.campaign_id = arms.campaign_id
  join windows on windows.campaign_id = arms.campaign_id
  left join totals
    on totals.campaign_id = arms.campaign_id and totals.arm = arms.arm and totals.measure = measures.measure
    and totals.window_days = windows.window_days
  order by arms.campaign_id, measures.position, windows.window_days, arms.arm`;

const armsSql = `
  with arms as (select campaign_id, unnest(arms, recursive := true) from activation.campaigns),
  counts as (select campaign_id, arm, count(*) as n from activation.sends group by campaign_id, arm)
  select arms.campaign_id, arms.share, coalesce(counts.n, 0) as n
  from arms left join counts on counts.campaign_id = arms.campaign_id and counts.arm = arms.arm
  order by arms.campaign_id, arms.arm`;

/** The chance of each campaign's arm sizes, where every arm has a share. */
async function sampleRatios(database: Database): Promise<Map<string, number>> {
  const arms = await database.rows<{campaign_id: string; share: number | null; n: number}>(armsSql);
  const result = new Map<string, number>();
  for (const [campaign, group] of groupBy(arms, (arm) => arm.campaign_id)) {
    if (group.length < 2 || group.some((arm) => arm.share === null)) continue;
    const {p} = sampleRatio(
      group.map((arm) => arm.n),
      group.map((arm) => arm.share!)
    );
    result.set(campaign, p);
  }
  return result;
}

function liftRows(outcomes: OutcomeRow[], ratios: Map<string, number>): Record<string, unknown>[] {
  const groups = groupBy(outcomes, (row) => JSON.stringify([row.campaign_id, row.measure, row.window_days]));
  return [...groups.values()].flatMap((group) => {
    const control = group.filter((row) => row.is_holdout);
    const treated = group.filter((row) => !row.is_holdout);
    if (control.length === 0 || treated.length === 0) return [];
    const arms = treated.map((row) => ({arm: row.arm, outcome: pool([row])}));
    if (treated.length > 1) arms.unshift({arm: "*", outcome: pool(treated)});
    const held = pool(control);
    const {campaign_id, measure, measure_label, kind, position, window_days, is_complete} = group[0]!;
    const ratio = ratios.get(campaign_id) ?? null;
    return arms.map(({arm, outcome}) => {
      const result = lift(kind, outcome, held);
      return {
        campaign_id,
        arm,
        measure,
        measure_label,
        kind,
        position,
        window_days,
        n_treated: outcome.n,
        n_control: held.n,
        events_treated: outcome.events,
        events_control: held.events,
        sum_treated: outcome.sum,
        sum_control: held.sum,
        treated: result.treated,
        control: result.control,
        difference: result.difference,
        lower: finite(result.lower),
        upper: finite(result.upper),
        statistic: finite(result.statistic),
        df: finite(result.df),
        p_value: finite(result.p),
        method: result.method,
        relative: finite(result.relative?.estimate),
        relative_lower: finite(result.relative?.lower),
        relative_upper: finite(result.relative?.upper),
        total: result.total.estimate,
        total_lower: finite(result.total.lower),
        total_upper: finite(result.total.upper),
        is_complete,
        sample_ratio_p: ratio,
        is_sample_ratio_ok: ratio === null ? null : ratio >= 0.001
      };
    });
  });
}

function pool(rows: Outcome[]): Outcome {
  const sum = (value: (row: Outcome) => number) => rows.reduce((total, row) => total + value(row), 0);
  return {n: sum((r) => r.n), events: sum((r) => r.events), sum: sum((r) => r.sum), squares: sum((r) => r.squares)};
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
