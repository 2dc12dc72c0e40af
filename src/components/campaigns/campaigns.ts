import type {Response} from "../../lib/response/kpis.js";
import type {Meta} from "../catalog.js";
import type {Row} from "../data.js";

/** A row of `campaigns.arrow`. */
export interface Campaign extends Row {
  campaign_id: string;
  name: string;
  description: string | null;
  sent_at: Date | null;
  sent_date: Date | null;
  has_holdout: boolean;
  ranked_metric: string | null;
  ranked_lookback: string | null;
  ranked_category: string | null;
  conversion_days: number | null;
  /** Share of revenue; null where nothing says. */
  margin: number | null;
  assigned: number;
  responses: number;
  orphans: number;
  before_send: number;
  sent_to_holdout: number;
}

/** A row of `campaigns_summary.arrow`. */
export interface ArmSummary extends Row {
  campaign_id: string;
  arm: string;
  label: string;
  is_holdout: boolean;
  assigned: number;
  sent: number;
  delivered: number;
  bounced: number;
  opened: number;
  human_opened: number;
  opens: number;
  machine_opens: number;
  only_machine_opened: number;
  only_machine_opened_clicked: number;
  clicked: number;
  human_clicked: number;
  human_opened_clicked: number;
  unsubscribed: number;
  complained: number;
  converted: number;
  orders: number;
  revenue: number;
  revenue_squares: number;
}

/** Whether a figure says something of a campaign: no open among no response at all is no rate of 0%. */
export function isKnown(name: string, {responses}: Pick<Campaign, "responses">): boolean {
  return responses > 0 || ["delivered", "conversion_rate", "revenue_per_mail", "margin_per_mail"].includes(name);
}

/** What came back, as the figures take it. */
export function responseOf(summary: ArmSummary, margin: number | null): Response {
  return {
    margin,
    sent: summary.sent,
    delivered: summary.delivered,
    opens: summary.opens,
    opened: summary.opened,
    opened_human: summary.human_opened,
    clicked_human: summary.human_clicked,
    unsubscribed: summary.unsubscribed,
    complained: summary.complained,
    converted: summary.converted,
    revenue: summary.revenue,
    revenue_squares: summary.revenue_squares
  };
}

/** A row of `campaigns_response.arrow`. */
export interface ResponseRow extends Row {
  campaign_id: string;
  audience_id: string;
  audience: string;
  bucket: number;
  delivered: number;
  opened: number;
  human_opened: number;
  human_clicked: number;
  converted: number;
  revenue: number;
}

/** A row of `campaigns_hours.arrow`. */
export interface HourRow extends Row {
  campaign_id: string;
  hour: number;
  delivered: number;
  human_opened: number;
  human_clicked: number;
  converted: number;
}

/** A row of `campaigns_lift.arrow`. */
export interface LiftRow extends Row {
  campaign_id: string;
  arm: string;
  arm_label: string;
  arm_position: number;
  measure: string;
  measure_label: string;
  kind: "rate" | "mean";
  position: number;
  window_days: number;
  n_treated: number;
  n_control: number;
  treated: number;
  control: number;
  difference: number;
  lower: number | null;
  upper: number | null;
  p_value: number | null;
  method: string;
  relative: number | null;
  total: number;
  total_lower: number | null;
  total_upper: number | null;
  sum_treated: number;
  events_treated: number;
  events_control: number;
  bootstrap_lower: number | null;
  bootstrap_upper: number | null;
  winsorised_difference: number | null;
  adjusted_difference: number | null;
  adjusted_lower: number | null;
  adjusted_upper: number | null;
  variance_removed: number | null;
  before_difference: number | null;
  before_lower: number | null;
  before_upper: number | null;
  before_p: number | null;
  is_complete: boolean;
  sample_ratio_p: number | null;
  is_sample_ratio_ok: boolean | null;
}

/** What every figure of a campaign is given. */
export interface CampaignFigure {
  name: string;
  currency: string;
  asOf: string;
}

/** A row of `campaigns_lift_deciles.arrow`. */
export interface DecileLiftRow extends Row {
  campaign_id: string;
  arm: string;
  arm_label: string;
  arm_position: number;
  measure: string;
  kind: "rate" | "mean";
  window_days: number;
  bucket: number;
  n_treated: number;
  n_control: number;
  treated: number | null;
  control: number | null;
  difference: number | null;
  lower: number | null;
  upper: number | null;
  p_value: number | null;
  p_adjusted: number | null;
  shrunk: number | null;
  joint_p: number | null;
  is_complete: boolean;
}

/** A row of `campaigns_profit.arrow`. */
export interface ProfitRow extends Row {
  campaign_id: string;
  arm: string;
  arm_label: string;
  arm_position: number;
  window_days: number;
  n_treated: number;
  mails: number;
  margin: number;
  is_margin_given: boolean;
  cost_per_send: number;
  cost: number;
  revenue: number;
  profit: number;
  lower: number | null;
  upper: number | null;
  difference: number;
  break_even: number | null;
  returned: number | null;
  is_complete: boolean;
}

/** A row of `campaigns_overlap.arrow`. */
export interface OverlapRow extends Row {
  campaign_id: string;
  arm: string;
  arm_label: string;
  arm_position: number;
  is_holdout: boolean;
  other_campaign_id: string;
  other_name: string;
  n: number;
  overlapping: number;
  share: number;
  p_value: number | null;
}

/** A row of `campaigns_moves.arrow`. */
export interface MovesRow extends Row {
  campaign_id: string;
  arm: string;
  arm_label: string;
  arm_position: number;
  is_holdout: boolean;
  ranking: "decile" | "p_alive";
  from_as_of: Date;
  to_as_of: Date;
  held_as_of: Date | null;
  n: number;
  rose: number;
  fell: number;
  held: number | null;
  share_rose: number;
  share_held: number | null;
  rose_difference: number | null;
  rose_lower: number | null;
  rose_upper: number | null;
  kept_difference: number | null;
  kept_lower: number | null;
  kept_upper: number | null;
}

/** A row of `campaigns_value_change.arrow`. */
export interface ValueChangeRow extends Row {
  campaign_id: string;
  arm: string;
  arm_label: string;
  arm_position: number;
  is_holdout: boolean;
  from_as_of: Date;
  to_as_of: Date;
  n: number;
  before: number;
  after: number;
  change: number;
  difference: number | null;
  lower: number | null;
  upper: number | null;
  p_value: number | null;
}

/** The row that stands for a campaign: its first measure, of all mailed arms or the only one, over the longest window that has passed. */
export function mainLift(lifts: readonly LiftRow[]): LiftRow | undefined {
  const top = Math.min(...lifts.map((row) => row.arm_position));
  const first = Math.min(...lifts.map((row) => row.position));
  const rows = lifts
    .filter((row) => row.arm_position === top && row.position === first)
    .sort((a, b) => a.window_days - b.window_days);
  return rows.findLast((row) => row.is_complete) ?? rows.at(-1);
}

/** The mailed campaign that went out before this one, and what it got. */
export function campaignBefore(
  campaign: Campaign,
  campaigns: readonly Campaign[],
  summaries: readonly ArmSummary[]
): {campaign: Campaign; summary: ArmSummary} | undefined {
  const earlier = campaigns
    .filter(({sent_at}) => sent_at && campaign.sent_at && sent_at < campaign.sent_at)
    .sort((a, b) => b.sent_at!.getTime() - a.sent_at!.getTime());
  for (const one of earlier) {
    const summary = summaries.find(({campaign_id, arm}) => campaign_id === one.campaign_id && arm === "*");
    if (summary && summary.sent > 0) return {campaign: one, summary};
  }
  return undefined;
}

/** How many hours of a campaign's response can have been seen: from its send to the newest event; all where it is not known. */
export function hoursSince(
  {sent_at}: Pick<Campaign, "sent_at">,
  {newest_event_at}: Pick<Meta, "newest_event_at">
): number {
  return sent_at && newest_event_at ? (newest_event_at.getTime() - sent_at.getTime()) / 3_600_000 : Infinity;
}
