/* ---
name: campaigns
description: Campaigns, when they ran, and what is recorded of them.
columns:
  campaign_id: the campaign
  name: what pages call it
  description: what it was
  sent_at: when it went out (UTC)
  sent_date: its date in the workspace's zone
  has_holdout: whether anybody was held out
  ranked_metric: the metric of the decile at send
  ranked_lookback: its lookback
  ranked_category: its category
  conversion_days: how long after the send an order is credited
  margin: share of revenue that is margin; null where nothing says
  assigned: people assigned
  responses: e-mail events that came back, deliveries and bounces aside
  orphans: responses without a send
  before_send: responses more than five minutes before their send
  sent_to_holdout: mails sent to people held out
people: assigned
groups: [campaign_id]
--- */
with facts as (
  select
    campaign_id,
    sum(count_assigned) as assigned,
    sum(count_opens + count_clicks + count_unsubscribed + count_complained) as responses,
    sum(count_orphans) as orphans,
    sum(count_before_send) as before_send
  from insights.fact_email_response
  group by campaign_id
),
holdouts as (
  select campaign_id, sum(count_sent) as sent_to_holdout
  from derived.campaign_summary
  where is_holdout
  group by campaign_id
)
select
  campaign_id, name, description, sent_at, sent_date, has_holdout, ranked_metric, ranked_lookback, ranked_category,
  conversion_days, margin,
  coalesce(assigned, 0) as assigned,
  coalesce(responses, 0) as responses,
  coalesce(orphans, 0) as orphans,
  coalesce(before_send, 0) as before_send,
  coalesce(sent_to_holdout, 0) as sent_to_holdout
from insights.dim_campaign
left join facts using (campaign_id)
left join holdouts using (campaign_id)
order by sent_at desc nulls last, campaign_id
