import {profit} from "../../../lib/response/profit.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {finite} from "../response/arms.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {writeRows} from "./campaigns.js";

/**
 * `derived.campaign_profit`: what each arm earned beyond the people held out once its mails are paid, where a campaign
 * says what a mail costs or which share of revenue is earned.
 */
export function campaignProfitNode(workspace: Workspace): GraphNode {
  const margin = typeof workspace.value?.margin === "number" ? workspace.value.margin : null;
  return typescriptModel({
    header: {
      name: "derived.campaign_profit",
      description: "Incremental profit of each arm: the difference of revenue times the margin, less the mails' cost.",
      grain: "one row per campaign, arm and window, of campaigns with a cost or margin",
      key: ["campaign_id", "arm", "window_days"],
      publish: "aggregate",
      columns: {
        campaign_id: "The campaign",
        arm: "The arm; * is all mailed arms together",
        measure: "The measure that counts the revenue: the campaign's first of kind mean",
        window_days: {description: "Days from the assignment that count", unit: "days"},
        n_treated: {description: "People assigned to the arm", unit: "people"},
        mails: {description: "Mails sent to them", unit: "mails"},
        margin: {description: "Share of revenue that is earned; 1 where none is given", unit: "share"},
        is_margin_given: "Whether a margin is given; else profit is revenue less cost",
        cost_per_send: {description: "Of one mail; 0 where none is given", unit: "money"},
        cost: {description: "Of all mails", unit: "money"},
        revenue: {description: "Incremental revenue over everybody in the arm", unit: "money"},
        profit: {description: "Incremental revenue times margin, less cost", unit: "money"},
        lower: {description: "Its 95% interval's lower end", unit: "money"},
        upper: {description: "Its 95% interval's upper end", unit: "money"},
        difference: {description: "Incremental revenue per head assigned", unit: "money"},
        break_even: {description: "The revenue per head assigned that just pays for the mails", unit: "money"},
        returned: "Profit over cost; null where mailing costs nothing",
        is_complete: "Whether the window has passed for everybody"
      },
      tests: [{expression: "lower is null or lower <= profit and profit <= upper"}],
      references: [{columns: ["campaign_id"], table: "insights.dim_campaign", fields: ["campaign_id"]}]
    },
    inputs: ["derived.lift", "activation.campaigns", "activation.sends"],
    content: [sql, margin, 1],
    async build({database}) {
      const rows = await database.rows<ProfitRow>(sql, {margin});
      const made = rows.map(({lower, upper, ...row}) => {
        const perHead = {estimate: row.difference, lower: lower ?? NaN, upper: upper ?? NaN};
        const terms = {costPerSend: row.cost_per_send, margin: row.margin};
        const result = profit(perHead, row.n_treated, row.mails, terms);
        return {
          ...row,
          cost: result.cost,
          revenue: row.difference * row.n_treated,
          profit: result.estimate,
          lower: finite(result.lower),
          upper: finite(result.upper),
          break_even: finite(result.breakEven),
          returned: finite(result.returned)
        };
      });
      await writeRows(database, "derived.campaign_profit__new", shape, made);
    }
  });
}

interface ProfitRow {
  campaign_id: string;
  arm: string;
  measure: string;
  window_days: number;
  n_treated: number;
  mails: number;
  margin: number;
  is_margin_given: boolean;
  cost_per_send: number;
  difference: number;
  lower: number | null;
  upper: number | null;
  is_complete: boolean;
}

const shape = {
  campaign_id: "VARCHAR",
  arm: "VARCHAR",
  measure: "VARCHAR",
  window_days: "INTEGER",
  n_treated: "BIGINT",
  mails: "BIGINT",
  margin: "DOUBLE",
  is_margin_given: "BOOLEAN",
  cost_per_send: "DOUBLE",
  cost: "DOUBLE",
  revenue: "DOUBLE",
  profit: "DOUBLE",
  lower: "DOUBLE",
  upper: "DOUBLE",
  difference: "DOUBLE",
  break_even: "DOUBLE",
  returned: "DOUBLE",
  is_complete: "BOOLEAN"
};

const sql = `
  with mails as (
    select campaign_id, arm, count(sent_at) as mails from activation.sends where not is_holdout group by campaign_id, arm
    union all
    select campaign_id, '*', count(sent_at) from activation.sends where not is_holdout group by campaign_id
  ), revenue as (
    select * from derived.lift where kind = 'mean' and difference is not null
    qualify dense_rank() over (partition by campaign_id order by position) = 1
  )
  select
    revenue.campaign_id, revenue.arm, revenue.measure, revenue.window_days, revenue.n_treated, mails.mails,
    coalesce(campaigns.margin, $margin::double, 1) as margin,
    coalesce(campaigns.margin, $margin::double) is not null as is_margin_given,
    coalesce(campaigns.cost_per_send, 0) as cost_per_send, revenue.difference, revenue.lower, revenue.upper,
    revenue.is_complete
  from revenue
  join activation.campaigns as campaigns on campaigns.campaign_id = revenue.campaign_id
  join mails on mails.campaign_id = revenue.campaign_id and mails.arm = revenue.arm
  where campaigns.margin is not null or campaigns.cost_per_send is not null
  order by revenue.campaign_id, revenue.arm, revenue.window_days`;
