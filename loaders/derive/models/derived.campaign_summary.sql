/* ---
name: derived.campaign_summary
description: What each arm of a campaign got and gave back, for the headline figures and their intervals.
grain: one row per campaign and arm, and one of all mailed arms together (*)
key: [campaign_id, arm]
publish: aggregate
columns:
  campaign_id: The campaign
  arm: The arm; * for all that were not held out
  is_holdout: Whether its people got no mail
  count_assigned: {description: People assigned, unit: people}
  count_sent: {description: Mails sent; in a holdout these should not be, unit: mails}
  count_delivered: {description: Mails delivered, unit: mails}
  count_bounced: {description: Mails bounced, unit: mails}
  count_opened: {description: Mails opened as reported, unit: mails}
  count_human_opened: {description: Mails opened by a person, unit: mails}
  count_opens: {description: "Opens as reported, each", unit: events}
  count_machine_opens: {description: Opens by machines, unit: events}
  count_only_machine_opened: {description: Mails that machines alone opened, unit: mails}
  count_only_machine_opened_clicked: {description: "Of those, mails that a person clicked", unit: mails}
  count_clicked: {description: Mails clicked as reported, unit: mails}
  count_human_clicked: {description: Mails clicked by a person, unit: mails}
  count_human_opened_clicked: {description: Mails opened and clicked by a person, unit: mails}
  count_unsubscribed: {description: People who unsubscribed, unit: people}
  count_complained: {description: People who complained, unit: people}
  count_converted: {description: Mails credited with an order, unit: mails}
  count_orders: {description: Orders credited, unit: orders}
  revenue: {description: "Money credited, net of refunds", unit: money}
  revenue_squares: {description: "The sum over mails of their squared revenue, for the interval", unit: money²}
references:
  - {columns: [campaign_id], table: insights.dim_campaign, fields: [campaign_id]}
--- */
with answers as (
  select
    campaign_id,
    profile_id,
    bool_or(is_first and response = 'opened') as is_opened,
    bool_or(is_first_human and response = 'opened') as is_human_opened,
    count(*) filter (response = 'opened') as count_opens,
    count(*) filter (is_machine and response = 'opened') as count_machine_opens,
    bool_or(is_first and response = 'clicked') as is_clicked,
    bool_or(is_first_human and response = 'clicked') as is_human_clicked,
    bool_or(response = 'unsubscribed') as is_unsubscribed,
    bool_or(response = 'complained') as is_complained
  from activation.responses
  where not is_orphan and not is_before_send
  group by campaign_id, profile_id
),
orders as (
  select campaign_id, profile_id, count(*) filter (not is_refund) as count_orders,
    sum(amount)::decimal(18, 4) as revenue
  from activation.conversions
  group by campaign_id, profile_id
),
mails as (
  select outcomes.*, answers.* exclude (campaign_id, profile_id), orders.count_orders, orders.revenue
  from activation.outcomes as outcomes
  left join answers on answers.campaign_id = outcomes.campaign_id and answers.profile_id = outcomes.profile_id
  left join orders on orders.campaign_id = outcomes.campaign_id and orders.profile_id = outcomes.profile_id
),
arms as (
  select *, arm as shown_arm from mails
  union all
  select *, '*' from mails where not is_holdout
)
select
  campaign_id,
  shown_arm as arm,
  bool_or(is_holdout) as is_holdout,
  count(*) as count_assigned,
  count(sent_at) as count_sent,
  count(*) filter (is_delivered) as count_delivered,
  count(*) filter (is_bounced) as count_bounced,
  count(*) filter (is_opened) as count_opened,
  count(*) filter (is_human_opened) as count_human_opened,
  coalesce(sum(count_opens), 0)::bigint as count_opens,
  coalesce(sum(count_machine_opens), 0)::bigint as count_machine_opens,
  count(*) filter (is_opened and not coalesce(is_human_opened, false)) as count_only_machine_opened,
  count(*) filter (is_opened and not coalesce(is_human_opened, false) and is_human_clicked)
    as count_only_machine_opened_clicked,
  count(*) filter (is_clicked) as count_clicked,
  count(*) filter (is_human_clicked) as count_human_clicked,
  count(*) filter (is_human_opened and is_human_clicked) as count_human_opened_clicked,
  count(*) filter (is_unsubscribed) as count_unsubscribed,
  count(*) filter (is_complained) as count_complained,
  count(*) filter (count_orders > 0) as count_converted,
  coalesce(sum(count_orders), 0)::bigint as count_orders,
  coalesce(sum(revenue), 0)::decimal(18, 4) as revenue,
  coalesce(sum(revenue * revenue), 0)::double as revenue_squares
from arms
group by campaign_id, shown_arm
