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
  machine_opens: number;
  clicked: number;
  human_clicked: number;
  unsubscribed: number;
  complained: number;
  converted: number;
  orders: number;
  revenue: number;
  revenue_squares: number;
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
