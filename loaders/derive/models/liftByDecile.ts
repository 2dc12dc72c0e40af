import {lift} from "../../../lib/response/lift.js";
import {heterogeneity, type Effect} from "../../../lib/stats/heterogeneity.js";
import {holm} from "../../../lib/stats/holm.js";
import {welch} from "../../../lib/stats/welch.js";
import type {GraphNode} from "../../engine/node.js";
import {comparisons, comparisonsContent, finite, groupBy, heldOut, mailedArms, type Comparison} from "../response/arms.js"; // prettier-ignore
import {typescriptModel} from "../../engine/typescriptModel.js";
import {writeRows} from "./campaigns.js";

/**
 * `derived.lift_by_decile`: the difference within each decile at send, with what so many looks ask for: one joint test
 * of whether deciles differ at all, p-values corrected for their number, and estimates drawn towards the mean.
 */
export function liftByDecileNode(): GraphNode {
  return typescriptModel({
    header: {
      name: "derived.lift_by_decile",
      description: "What each arm did beyond the people held out, by decile at send.",
      grain: "one row per campaign, arm, measure, window and decile at send",
      publish: "aggregate",
      columns: {
        campaign_id: "The campaign",
        arm: "The arm compared; * is all mailed arms together",
        measure: "What was measured",
        kind: "rate or mean",
        window_days: {description: "Days from the assignment that count", unit: "days"},
        bucket: "The decile at send; null for people who had none",
        n_treated: {description: "People of the decile assigned to the arm", unit: "people"},
        n_control: {description: "People of the decile held out", unit: "people"},
        treated: "The arm's rate or mean",
        control: "The held-out people's rate or mean",
        difference: "Arm less holdout",
        lower: "Its 95% interval's lower end",
        upper: "Its 95% interval's upper end",
        p_value: "Two-sided, by itself",
        p_adjusted: "Corrected for the number of deciles looked at (Holm)",
        shrunk:
          "The difference drawn towards the mean of all deciles by how little it says by itself (empirical Bayes)",
        joint_p:
          "Chance of such unlike deciles if the difference were the same in all (Cochran's Q); one per comparison",
        is_complete: "Whether the window has passed for everybody"
      },
      tests: [
        {unique: ["campaign_id", "arm", "measure", "window_days", "bucket"]},
        {expression: "p_adjusted is null or p_adjusted >= p_value"}
      ],
      references: [{columns: ["campaign_id"], table: "insights.dim_campaign", fields: ["campaign_id"]}]
    },
    inputs: ["derived.campaign_heads", "activation.campaigns", "activation.sends"],
    usesAsOf: true,
    content: [comparisonsContent, 1],
    async build({database, asOf}) {
      const rows = (await comparisons(database, asOf, true)).flatMap(decileRows);
      await writeRows(database, "derived.lift_by_decile__new", shape, rows);
    }
  });
}

const shape = {
  campaign_id: "VARCHAR",
  arm: "VARCHAR",
  measure: "VARCHAR",
  kind: "VARCHAR",
  window_days: "INTEGER",
  bucket: "INTEGER",
  n_treated: "BIGINT",
  n_control: "BIGINT",
  treated: "DOUBLE",
  control: "DOUBLE",
  difference: "DOUBLE",
  lower: "DOUBLE",
  upper: "DOUBLE",
  p_value: "DOUBLE",
  p_adjusted: "DOUBLE",
  shrunk: "DOUBLE",
  joint_p: "DOUBLE",
  is_complete: "BOOLEAN"
};

function decileRows({campaign_id, measure, kind, window_days, is_complete, arms}: Comparison) {
  const buckets = [...groupBy(arms, ({bucket}) => String(bucket ?? null)).values()];
  const compared = buckets.flatMap((of) => {
    const held = heldOut(of);
    return mailedArms(of).map(({arm, outcome}) => {
      const result = lift(kind, outcome, held);
      const {error} = welch(outcome, held);
      return {arm, bucket: of[0]!.bucket ?? null, outcome, held, result, error};
    });
  });
  return [...groupBy(compared, ({arm}) => arm).values()].flatMap((of) => {
    const ranked = of.filter(({bucket}) => bucket !== null);
    const effects: Effect[] = ranked.map(({result, error}) => ({estimate: result.difference, error}));
    const joint = heterogeneity(effects);
    const adjusted = holm(ranked.map(({held, outcome, result}) => (held.n > 0 && outcome.n > 0 ? result.p : NaN)));
    return of.map((row) => {
      const place = ranked.indexOf(row);
      const {result, outcome, held} = row;
      return {
        campaign_id,
        arm: row.arm,
        measure,
        kind,
        window_days,
        bucket: row.bucket,
        n_treated: outcome.n,
        n_control: held.n,
        treated: finite(result.treated),
        control: finite(result.control),
        difference: finite(result.difference),
        lower: finite(result.lower),
        upper: finite(result.upper),
        p_value: finite(result.p),
        p_adjusted: place < 0 ? null : finite(adjusted[place]),
        shrunk: place < 0 ? null : finite(joint?.shrunk[place]),
        joint_p: finite(joint?.p),
        is_complete
      };
    });
  });
}
