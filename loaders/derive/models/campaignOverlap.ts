import {chiSquareTail} from "../../../lib/stats/chiSquare.js";
import type {GraphNode} from "../../engine/node.js";
import {groupBy} from "../response/arms.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {writeRows} from "./campaigns.js";

/**
 * `derived.campaign_overlap`: how many people of each arm got another campaign's mail near the assignment. Between random
 * arms the shares are alike; where they are not, a difference may be the other campaign's.
 */
export function campaignOverlapNode(): GraphNode {
  return typescriptModel({
    header: {
      name: "derived.campaign_overlap",
      description:
        "People of each arm who also got another campaign's mail, from the longest window before the assignment to its end.",
      grain: "one row per campaign, arm and other campaign that overlaps",
      key: ["campaign_id", "arm", "other_campaign_id"],
      publish: "aggregate",
      columns: {
        campaign_id: "The campaign",
        arm: "One of its arms, people held out included",
        is_holdout: "Whether it is held out",
        other_campaign_id: "The other campaign",
        n: {description: "People assigned to the arm", unit: "people"},
        overlapping: {description: "Of them, people who got the other's mail", unit: "people"},
        share: {description: "overlapping ÷ n", unit: "share"},
        p_value: "Chance of such unlike shares between random arms (chi-square); one per pair of campaigns"
      },
      references: [{columns: ["campaign_id"], table: "insights.dim_campaign", fields: ["campaign_id"]}]
    },
    inputs: ["activation.campaigns", "activation.sends"],
    content: [sql, 1],
    async build({database}) {
      const rows = await database.rows<OverlapRow>(sql);
      const pairs = groupBy(rows, (row) => JSON.stringify([row.campaign_id, row.other_campaign_id]));
      const made = [...pairs.values()].flatMap((arms) => {
        const p_value = homogeneity(arms);
        return arms.map((row) => ({...row, share: row.overlapping / row.n, p_value}));
      });
      await writeRows(database, "derived.campaign_overlap__new", shape, made);
    }
  });
}

interface OverlapRow {
  campaign_id: string;
  arm: string;
  is_holdout: boolean;
  other_campaign_id: string;
  n: number;
  overlapping: number;
}

const shape = {
  campaign_id: "VARCHAR",
  arm: "VARCHAR",
  is_holdout: "BOOLEAN",
  other_campaign_id: "VARCHAR",
  n: "BIGINT",
  overlapping: "BIGINT",
  share: "DOUBLE",
  p_value: "DOUBLE"
};

const sql = `
  with spans as (
    select campaign_id, list_max(windows) as days from activation.campaigns
  ), near as (
    select distinct own.campaign_id, own.arm, own.profile_id, other.campaign_id as other_campaign_id
    from activation.sends as own
    join spans on spans.campaign_id = own.campaign_id
    join activation.sends as other
      on other.profile_id = own.profile_id
      and other.campaign_id <> own.campaign_id
      and other.sent_at >= own.assigned_at - to_days(spans.days)
      and other.sent_at < own.assigned_at + to_days(spans.days)
  ), counts as (
    select campaign_id, arm, other_campaign_id, count(*) as overlapping
    from near group by campaign_id, arm, other_campaign_id
  ), others as (
    select distinct campaign_id, other_campaign_id from counts
  ), arms as (
    select campaign_id, arm, bool_or(is_holdout) as is_holdout, count(*) as n
    from activation.sends group by campaign_id, arm
  )
  select arms.campaign_id, arms.arm, arms.is_holdout, others.other_campaign_id, arms.n,
    coalesce(counts.overlapping, 0) as overlapping
  from arms
  join others on others.campaign_id = arms.campaign_id
  left join counts on counts.campaign_id = arms.campaign_id and counts.arm = arms.arm
    and counts.other_campaign_id = others.other_campaign_id
  order by arms.campaign_id, others.other_campaign_id, arms.arm`;

/** Pearson's chi-square of shares over arms; null with one arm, or where all or none overlap. */
function homogeneity(arms: readonly OverlapRow[]): number | null {
  const n = arms.reduce((sum, arm) => sum + arm.n, 0);
  const share = arms.reduce((sum, arm) => sum + arm.overlapping, 0) / n;
  if (arms.length < 2 || share <= 0 || share >= 1) return null;
  const statistic = arms.reduce((sum, arm) => sum + (arm.overlapping - arm.n * share) ** 2 / (arm.n * share * (1 - share)), 0); // prettier-ignore
  return chiSquareTail(statistic, arms.length - 1);
}
