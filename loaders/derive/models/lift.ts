import {createHash} from "node:crypto";
import {lift} from "../../../lib/response/lift.js";
import {winsorised} from "../../../lib/response/winsorised.js";
import {bootstrapDifference, type Amounts} from "../../../lib/stats/bootstrap.js";
import {cuped, type PairMoments} from "../../../lib/stats/cuped.js";
import type {Interval} from "../../../lib/stats/interval.js";
import type {Moments} from "../../../lib/stats/moments.js";
import {brokenSplit, sampleRatio} from "../../../lib/stats/sampleRatio.js";
import {welch} from "../../../lib/stats/welch.js";
import type {Database} from "../../engine/database.js";
import type {GraphNode} from "../../engine/node.js";
import {comparisons, comparisonsContent, finite, groupBy, heldOut, mailedArms, type Comparison, type Pooled} from "../response/arms.js"; // prettier-ignore
import {typescriptModel} from "../../engine/typescriptModel.js";
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
    inputs: ["derived.campaign_heads", "activation.campaigns", "activation.sends"],
    usesAsOf: true,
    content: [comparisonsContent, armsSql, 2],
    async build({database, asOf}) {
      const ratios = await sampleRatios(database);
      const rows = (await comparisons(database, asOf)).flatMap((comparison) => {
        const held = heldOut(comparison.arms);
        if (held.n === 0) return [];
        const ratio = ratios.get(comparison.campaign_id) ?? null;
        return mailedArms(comparison.arms).map(({arm, outcome}) => liftRow(comparison, arm, outcome, held, ratio));
      });
      await writeRows(database, "derived.lift__new", liftShape, rows);
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
  lower: "Its 95% interval's lower end",
  upper: "Its 95% interval's upper end",
  statistic: "z of a rate, t of a mean",
  df: "Degrees of freedom of t",
  p_value: "Two-sided chance of such a difference if there were none",
  method: "newcombe (score interval of two rates) or welch (t of two means)",
  relative: "Arm ÷ holdout − 1; null below 30 held-out people with an event",
  relative_lower: "Its 95% interval's lower end, of rates",
  relative_upper: "Its 95% interval's upper end, of rates",
  total: "The difference over everybody in the arm: people or money",
  total_lower: "Its 95% interval's lower end",
  total_upper: "Its 95% interval's upper end",
  bootstrap_lower:
    "Of means: the 2.5th percentile of the difference over seeded resamples, a check of Welch's interval",
  bootstrap_upper: "The 97.5th",
  winsorised_difference: "Of means: the difference with amounts above the 99.9th percentile of all heads cut to it",
  adjusted_difference: "The difference less what as long a time before the assignment explains (CUPED)",
  adjusted_lower: "Its 95% interval's lower end",
  adjusted_upper: "Its 95% interval's upper end",
  variance_removed: {description: "By which share that lessened the difference's variance", unit: "share"},
  before_difference: "The same difference in as long a time before the assignment: none is to be expected (A/A)",
  before_lower: "Its 95% interval's lower end",
  before_upper: "Its 95% interval's upper end",
  before_p: "Two-sided chance of it between random arms",
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
  bootstrap_lower: "DOUBLE",
  bootstrap_upper: "DOUBLE",
  winsorised_difference: "DOUBLE",
  adjusted_difference: "DOUBLE",
  adjusted_lower: "DOUBLE",
  adjusted_upper: "DOUBLE",
  variance_removed: "DOUBLE",
  before_difference: "DOUBLE",
  before_lower: "DOUBLE",
  before_upper: "DOUBLE",
  before_p: "DOUBLE",
  is_complete: "BOOLEAN",
  sample_ratio_p: "DOUBLE",
  is_sample_ratio_ok: "BOOLEAN"
};

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

function liftRow(
  comparison: Comparison,
  arm: string,
  outcome: Pooled,
  held: Pooled,
  ratio: number | null
): Record<string, unknown> {
  const {campaign_id, measure, measure_label, kind, position, window_days, is_complete} = comparison;
  const result = lift(kind, outcome, held);
  const adjusted = cuped(outcome, held);
  const isKnownBefore = outcome.squaresBefore + held.squaresBefore > 0;
  const before = isKnownBefore ? welch(earlier(outcome), earlier(held)) : undefined;
  const drawn =
    kind === "mean" ? resampled(outcome, held, `${campaign_id} ${arm} ${measure} ${window_days}`) : undefined;
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
    treated: finite(result.treated),
    control: finite(result.control),
    difference: finite(result.difference),
    lower: finite(result.lower),
    upper: finite(result.upper),
    statistic: finite(result.statistic),
    df: finite(result.df),
    p_value: finite(result.p),
    method: result.method,
    relative: finite(result.relative?.estimate),
    relative_lower: finite(result.relative?.lower),
    relative_upper: finite(result.relative?.upper),
    total: finite(result.total.estimate),
    total_lower: finite(result.total.lower),
    total_upper: finite(result.total.upper),
    bootstrap_lower: finite(drawn?.lower),
    bootstrap_upper: finite(drawn?.upper),
    winsorised_difference: kind === "mean" ? finite(winsorised(outcome, held)) : null,
    adjusted_difference: finite(adjusted?.adjusted.estimate),
    adjusted_lower: finite(adjusted?.adjusted.lower),
    adjusted_upper: finite(adjusted?.adjusted.upper),
    variance_removed: finite(adjusted?.removed),
    before_difference: finite(before?.estimate),
    before_lower: finite(before?.lower),
    before_upper: finite(before?.upper),
    before_p: finite(before?.p),
    is_complete,
    sample_ratio_p: ratio,
    is_sample_ratio_ok: ratio === null ? null : ratio >= brokenSplit
  };
}

/** The moments of what people did before they were assigned: between random arms no difference is to be expected. */
function earlier({n, sumBefore, squaresBefore}: PairMoments): Moments {
  return {n, sum: sumBefore, squares: squaresBefore};
}

/** As many resamples as some seconds allow: a thousand, down to two hundred where a million people bought. */
function resampled(one: Amounts, two: Amounts, name: string): Interval {
  const draws = one.amounts.length + two.amounts.length;
  const times = Math.round(Math.min(1000, Math.max(200, 2e7 / Math.max(1, draws))));
  return bootstrapDifference(one, two, {seed: seedOf(name), times});
}

function seedOf(name: string): bigint {
  return createHash("sha256").update(name).digest().readBigUInt64LE();
}
