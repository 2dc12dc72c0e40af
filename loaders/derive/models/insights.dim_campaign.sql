/* ---
name: insights.dim_campaign
description: Campaigns, when they ran and how their response is counted.
grain: one row per campaign
key: [campaign_id]
role: dimension
publish: aggregate
columns:
  campaign_id: The campaign; (none) stands for responses that name none
  name: What pages call it
  description: What it was
  is_defined: Whether a file in campaigns/ defines it
  sent_at: When it went out (UTC); null where nobody was mailed
  sent_date: Its date (workspace's zone)
  has_holdout: Whether anybody was held out
  count_arms: {description: "Arms, holdouts included", unit: arms}
  ranked_metric: The metric of the decile at send
  ranked_lookback: Its lookback
  ranked_category: Its category
  conversion_days: {description: How long after the send an order is credited, unit: days}
  cost_per_send: {description: Cost of one mail, unit: money}
  margin: Share of revenue that is margin; null where neither the campaign nor the workspace says
--- */
with sent as (
  select
    campaign_id,
    min(coalesce(sent_at, assigned_at)) as sent_at,
    arg_min(coalesce(sent_date, assigned_date), coalesce(sent_at, assigned_at)) as sent_date,
    bool_or(is_holdout) as has_holdout,
    count(distinct arm) as count_arms
  from activation.sends
  group by campaign_id
)
select
  campaigns.campaign_id,
  campaigns.name,
  campaigns.description,
  campaigns.is_defined,
  coalesce(campaigns.sent_at, sent.sent_at) as sent_at,
  coalesce(sent.sent_date, campaigns.sent_at::date) as sent_date,
  coalesce(sent.has_holdout, false) as has_holdout,
  coalesce(sent.count_arms, 0)::integer as count_arms,
  campaigns.ranked_metric,
  campaigns.ranked_lookback,
  campaigns.ranked_category,
  campaigns.conversion_days,
  campaigns.cost_per_send,
  campaigns.earned as margin
from activation.campaigns as campaigns
left join sent on sent.campaign_id = campaigns.campaign_id
union all
select '(none)', 'No campaign', 'Responses that name no campaign', false, null, null, false, 0, null, null, null, null,
  null, null
where exists (from activation.responses where campaign_id = '(none)')
