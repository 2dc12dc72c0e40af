/* ---
name: insights.fact_email_response
description: >-
  What mailings got back, by day and by hour since the send. People are counted once, on the day of their first response;
  what a machine opened or clicked stands apart.
grain: one row per campaign, arm, audience, decile at send, day and hour since the send
key: [campaign_id, arm, audience_id, bucket, date, hour_since_send]
role: fact
publish: aggregate
columns:
  campaign_id: The campaign; (none) for responses that name none
  arm: The arm; (none) for responses without a send
  audience_id: The audience; (none) where there is none
  bucket: Decile at send; 0 where they had none
  date: Day (workspace's zone)
  hour_since_send: {description: "Full hours since the send, 0 to 71; 72 stands for all later ones", unit: hours}
  count_assigned: {description: "People assigned, held-out ones included", unit: people}
  count_sent: {description: Mails sent, unit: mails}
  count_delivered: {description: Mails delivered, unit: mails}
  count_bounced: {description: "Mails that came back and were not delivered later", unit: mails}
  count_hard_bounced: {description: "Of these, for good", unit: mails}
  count_opens: {description: "Opens as reported, machines and repeats included", unit: events}
  count_opened: {description: "Mails opened as reported, on the day of the first open", unit: mails}
  count_machine_opens: {description: "Opens by machines", unit: events}
  count_human_opens: {description: "Opens by people; several within 30 seconds are one", unit: events}
  count_human_opened: {description: "Mails opened by a person, on the day of the first such open", unit: mails}
  count_clicks: {description: "Clicks as reported, machines and repeats included", unit: events}
  count_clicked: {description: "Mails clicked as reported, on the day of the first click", unit: mails}
  count_machine_clicks: {description: "Clicks by link scanners", unit: events}
  count_human_clicks: {description: "Clicks by people; several on a link within 30 seconds are one", unit: events}
  count_human_clicked: {description: "Mails clicked by a person, on the day of the first such click", unit: mails}
  count_unsubscribed: {description: "People who unsubscribed", unit: people}
  count_complained: {description: "People who complained", unit: people}
  count_converted: {description: "Mails credited with an order, on the day of the first", unit: mails}
  count_orders: {description: "Orders credited", unit: orders}
  revenue: {description: "Money credited, net of refunds", unit: money}
  count_orphans: {description: "Responses without a send", unit: events}
  count_before_send: {description: "Responses more than five minutes before their send", unit: events}
tests:
  - expression: hour_since_send between 0 and 72
  - expression: count_human_opened <= count_human_opens and count_opened <= count_opens
references:
  - {columns: [campaign_id], table: insights.dim_campaign, fields: [campaign_id]}
  - {columns: [campaign_id, arm], table: insights.dim_arm, fields: [campaign_id, arm]}
  - {columns: [audience_id], table: insights.dim_audience, fields: [audience_id]}
  - {columns: [bucket], table: insights.dim_decile, fields: [bucket]}
  - {columns: [date], table: insights.dim_date, fields: [date]}
--- */
with outcomes as (
  from activation.outcomes
),
sending as (
  select campaign_id, arm, audience_id, bucket, assigned_date as date, 0 as hour, 'assigned' as what, count(*) as n
  from outcomes group by all
  union all
  select campaign_id, arm, audience_id, bucket, sent_date, 0, 'sent', count(*)
  from outcomes where sent_at is not null group by all
  union all
  select campaign_id, arm, audience_id, bucket, delivered_date, delivered_hour, 'delivered', count(*)
  from outcomes where is_delivered group by all
  union all
  select campaign_id, arm, audience_id, bucket, bounced_date, bounced_hour, 'bounced', count(*)
  from outcomes where is_bounced group by all
  union all
  select campaign_id, arm, audience_id, bucket, bounced_date, bounced_hour, 'hard_bounced', count(*)
  from outcomes where is_hard_bounced group by all
),
responses as (
  select
    responses.campaign_id,
    coalesce(outcomes.arm, '(none)') as arm,
    coalesce(outcomes.audience_id, '(none)') as audience_id,
    coalesce(outcomes.bucket, 0) as bucket,
    responses.event_date as date,
    coalesce(responses.hour_since_send, 72) as hour,
    responses.response,
    responses.is_machine,
    responses.is_repeat,
    responses.is_first,
    responses.is_first_human,
    responses.is_orphan,
    responses.is_before_send,
    not responses.is_orphan and not responses.is_before_send as counts
  from activation.responses as responses
  left join outcomes
    on outcomes.campaign_id = responses.campaign_id and outcomes.profile_id = responses.profile_id
),
answers as (
  select
    campaign_id, arm, audience_id, bucket, date, hour,
    count(*) filter (counts and response = 'opened') as count_opens,
    count(*) filter (counts and response = 'opened' and is_first) as count_opened,
    count(*) filter (counts and response = 'opened' and is_machine) as count_machine_opens,
    count(*) filter (counts and response = 'opened' and not is_machine and (not is_repeat or is_first_human))
      as count_human_opens,
    count(*) filter (counts and response = 'opened' and is_first_human) as count_human_opened,
    count(*) filter (counts and response = 'clicked') as count_clicks,
    count(*) filter (counts and response = 'clicked' and is_first) as count_clicked,
    count(*) filter (counts and response = 'clicked' and is_machine) as count_machine_clicks,
    count(*) filter (counts and response = 'clicked' and not is_machine and (not is_repeat or is_first_human))
      as count_human_clicks,
    count(*) filter (counts and response = 'clicked' and is_first_human) as count_human_clicked,
    count(*) filter (counts and response = 'unsubscribed' and is_first) as count_unsubscribed,
    count(*) filter (counts and response = 'complained' and is_first) as count_complained,
    count(*) filter (is_orphan) as count_orphans,
    count(*) filter (is_before_send and not is_orphan) as count_before_send
  from responses
  group by all
),
orders as (
  select
    outcomes.campaign_id, outcomes.arm, outcomes.audience_id, outcomes.bucket,
    conversions.event_date as date, conversions.hour_since_send as hour,
    count(*) filter (conversions.is_first) as count_converted,
    count(*) filter (not conversions.is_refund) as count_orders,
    sum(conversions.amount) as revenue
  from activation.conversions as conversions
  join outcomes
    on outcomes.campaign_id = conversions.campaign_id and outcomes.profile_id = conversions.profile_id
  group by all
),
together as (
  select
    campaign_id, arm, audience_id, bucket, date, hour,
    coalesce(sum(n) filter (what = 'assigned'), 0) as count_assigned,
    coalesce(sum(n) filter (what = 'sent'), 0) as count_sent,
    coalesce(sum(n) filter (what = 'delivered'), 0) as count_delivered,
    coalesce(sum(n) filter (what = 'bounced'), 0) as count_bounced,
    coalesce(sum(n) filter (what = 'hard_bounced'), 0) as count_hard_bounced
  from sending
  group by all
  union all by name
  from answers
  union all by name
  from orders
)
select
  campaign_id,
  arm,
  audience_id,
  bucket,
  date,
  hour as hour_since_send,
  coalesce(sum(count_assigned), 0)::bigint as count_assigned,
  coalesce(sum(count_sent), 0)::bigint as count_sent,
  coalesce(sum(count_delivered), 0)::bigint as count_delivered,
  coalesce(sum(count_bounced), 0)::bigint as count_bounced,
  coalesce(sum(count_hard_bounced), 0)::bigint as count_hard_bounced,
  coalesce(sum(count_opens), 0)::bigint as count_opens,
  coalesce(sum(count_opened), 0)::bigint as count_opened,
  coalesce(sum(count_machine_opens), 0)::bigint as count_machine_opens,
  coalesce(sum(count_human_opens), 0)::bigint as count_human_opens,
  coalesce(sum(count_human_opened), 0)::bigint as count_human_opened,
  coalesce(sum(count_clicks), 0)::bigint as count_clicks,
  coalesce(sum(count_clicked), 0)::bigint as count_clicked,
  coalesce(sum(count_machine_clicks), 0)::bigint as count_machine_clicks,
  coalesce(sum(count_human_clicks), 0)::bigint as count_human_clicks,
  coalesce(sum(count_human_clicked), 0)::bigint as count_human_clicked,
  coalesce(sum(count_unsubscribed), 0)::bigint as count_unsubscribed,
  coalesce(sum(count_complained), 0)::bigint as count_complained,
  coalesce(sum(count_converted), 0)::bigint as count_converted,
  coalesce(sum(count_orders), 0)::bigint as count_orders,
  coalesce(sum(revenue), 0)::decimal(18, 4) as revenue,
  coalesce(sum(count_orphans), 0)::bigint as count_orphans,
  coalesce(sum(count_before_send), 0)::bigint as count_before_send
from together
group by campaign_id, arm, audience_id, bucket, date, hour
