/* ---
name: activation.conversions
description: >-
  Orders credited to a mail: each once, to the last delivered mail whose conversion window holds it; and their refunds,
  taken off the same mail. What the mail caused is another question: derived.lift answers it.
grain: one row per credited order or refund
key: [source, event_id]
columns:
  source: The event's source
  event_id: The order or refund
  campaign_id: The campaign credited
  profile_id: The buyer
  event_time: When (UTC)
  event_date: Its date (workspace's zone)
  hour_since_send: {description: "Full hours since the mail went out; 72 stands for all later ones", unit: hours}
  is_refund: Whether it takes money off
  amount: {description: "Money credited; of a refund below zero", unit: money}
  is_first: The mail's first order
references:
  - {columns: [campaign_id, profile_id], table: activation.outcomes, fields: [campaign_id, profile_id]}
--- */
with mails as (
  select outcomes.campaign_id, outcomes.profile_id, outcomes.sent_at, campaigns.conversion_events,
    outcomes.sent_at + to_days(campaigns.conversion_days) as open_until
  from activation.outcomes as outcomes
  join activation.campaigns as campaigns on campaigns.campaign_id = outcomes.campaign_id
  where outcomes.is_delivered
),
events as (
  select
    source, event_id, event_type, profile_id, event_time, event_date,
    coalesce(value, 0)::decimal(18, 4) as value,
    try_cast(
      struct_insert(properties, tenfold_ := 0) as struct(tenfold_ integer, order_id varchar)
    ).order_id as order_id
  from core.events
  where event_type in (select 'commerce.refund' union select unnest(conversion_events) from activation.campaigns)
    and event_time < $as_of::timestamp
    and event_time >= (select min(sent_at) from mails)
    and profile_id in (select profile_id from mails)
),
orders as (
  select events.*, mails.campaign_id, mails.sent_at, mails.open_until
  from events
  join mails
    on mails.profile_id = events.profile_id
    and mails.sent_at <= events.event_time
    and mails.open_until > events.event_time
    and list_contains(mails.conversion_events, events.event_type)
  where events.event_type <> 'commerce.refund'
  qualify row_number() over (
    partition by events.source, events.event_id order by mails.sent_at desc, mails.campaign_id
  ) = 1
),
refunds as (
  -- A refund that names its order follows it; another one is the last credited order's, while that mail's window is open.
  select events.*, orders.campaign_id, orders.sent_at, orders.open_until
  from events
  join orders
    on orders.profile_id = events.profile_id
    and orders.event_time <= events.event_time
    and (
      orders.order_id = events.order_id
      or (events.order_id is null and events.event_time < orders.open_until)
    )
  where events.event_type = 'commerce.refund'
  qualify row_number() over (
    partition by events.source, events.event_id order by orders.event_time desc, orders.event_id, orders.source
  ) = 1
),
credited as (
  select *, false as is_refund, value as amount from orders
  union all
  select *, true, -value from refunds
)
select
  source,
  event_id,
  campaign_id,
  profile_id,
  event_time,
  event_date,
  least(72, date_sub('hour', sent_at, event_time))::integer as hour_since_send,
  is_refund,
  amount,
  not is_refund and row_number() over (
    partition by campaign_id, profile_id, is_refund order by event_time, event_id, source
  ) = 1 as is_first
from credited
