/* ---
name: campaigns_hours
description: How much of each campaign's response had come by each hour since the send, up to 72 hours.
columns:
  campaign_id: the campaign
  hour: full hours since the send, 1 to 72; what came within them is counted
  delivered: mails delivered, by whatever hour
  human_opened: mails opened by a person by then
  human_clicked: mails clicked by a person by then
  converted: mails credited with an order by then
people: delivered
groups: [campaign_id]
--- */
with hours as (
  select
    facts.campaign_id,
    facts.hour_since_send,
    sum(facts.count_delivered) as delivered,
    sum(facts.count_human_opened) as human_opened,
    sum(facts.count_human_clicked) as human_clicked,
    sum(facts.count_converted) as converted
  from insights.fact_email_response as facts
  join insights.dim_arm as arms on arms.campaign_id = facts.campaign_id and arms.arm = facts.arm
  where not arms.is_holdout and facts.arm <> '(none)'
  group by facts.campaign_id, facts.hour_since_send
),
totals as (
  select campaign_id, sum(delivered) as delivered
  from hours
  group by campaign_id
  having sum(delivered) > 0
),
grid as (
  select campaign_id, delivered, unnest(range(0, 72)) as hour_since_send from totals
)
select
  grid.campaign_id,
  grid.hour_since_send + 1 as hour,
  grid.delivered,
  sum(coalesce(hours.human_opened, 0)) over so_far as human_opened,
  sum(coalesce(hours.human_clicked, 0)) over so_far as human_clicked,
  sum(coalesce(hours.converted, 0)) over so_far as converted
from grid
left join hours on hours.campaign_id = grid.campaign_id and hours.hour_since_send = grid.hour_since_send
window so_far as (partition by grid.campaign_id order by grid.hour_since_send)
order by grid.campaign_id, hour
