/* ---
name: derived.campaign_heads
description: >-
  What each person assigned to a campaign, or held out of it, did within each window after the assignment and in as long
  a time before it. People who did nothing have no row. Only campaigns that hold people out.
grain: one row per campaign, person, measure and window with something done after or before
key: [campaign_id, profile_id, measure, window_days]
columns:
  campaign_id: The campaign
  profile_id: The person
  arm: What they were assigned to
  is_holdout: Whether they were held out
  bucket_at_send: Their decile before the send, by the campaign's ranked_by; null where they had none
  measure: What was measured
  kind: "rate: had such an event; mean: the sum of their value"
  window_days: {description: "Days from the assignment that count, and days before it", unit: days}
  has_event: Whether they had such an event within the window
  amount: "Rates: 1 or 0; means: their total, less refunds where the measure is net"
  amount_before: The same, of the days before the assignment
references:
  - {columns: [campaign_id, profile_id], table: activation.sends, fields: [campaign_id, profile_id]}
--- */
with campaigns as (
  from activation.campaigns
  where campaign_id in (select campaign_id from activation.sends where is_holdout)
), people as (
  select campaign_id, profile_id, assigned_at from activation.sends
  where campaign_id in (select campaign_id from campaigns)
), measures as (
  select campaign_id, unnest(measures, recursive := true) from campaigns
), windows as (
  select campaign_id, unnest(windows) as window_days from campaigns
), counted as (
  select campaign_id, measure, kind, unnest(events) as event_type, 1 as sign from measures
  union all
  select campaign_id, measure, kind, 'commerce.refund', -1 from measures
  where kind = 'mean' and sign = 'net' and not list_contains(events, 'commerce.refund')
), span as (
  select max(window_days) as days from windows
), hits as (
  select people.campaign_id, people.profile_id, counted.measure, counted.kind, counted.sign, events.value,
    -- An event at the very instant of the assignment comes after it.
    epoch_us(events.event_time) - epoch_us(people.assigned_at) as since_us
  from core.events as events
  join people on people.profile_id = events.profile_id
  join counted on counted.campaign_id = people.campaign_id and counted.event_type = events.event_type
  where events.event_time < $as_of::timestamp
    and events.event_type in (select event_type from counted)
    and events.event_time >= (select min(assigned_at) from people) - to_days((select days from span))
    and events.event_time >= people.assigned_at - to_days((select days from span))
    and events.event_time < people.assigned_at + to_days((select days from span))
), heads as (
  select hits.campaign_id, hits.profile_id, hits.measure, any_value(hits.kind) as kind, windows.window_days,
    count(*) filter (since_us >= 0 and sign = 1) > 0 as has_event,
    count(*) filter (since_us < 0 and sign = 1) > 0 as had_event,
    coalesce(sum(sign * value) filter (since_us >= 0), 0) as total,
    coalesce(sum(sign * value) filter (since_us < 0), 0) as total_before
  from hits
  join windows
    on windows.campaign_id = hits.campaign_id
    and since_us < windows.window_days * 86400000000 and since_us >= -windows.window_days * 86400000000
  group by hits.campaign_id, hits.profile_id, hits.measure, windows.window_days
)
select
  heads.campaign_id, heads.profile_id, sends.arm, sends.is_holdout, sends.bucket_at_send, heads.measure, heads.kind,
  heads.window_days, heads.has_event,
  (case heads.kind when 'rate' then heads.has_event::integer else heads.total end)::decimal(18, 4) as amount,
  (case heads.kind when 'rate' then heads.had_event::integer else heads.total_before end)::decimal(18, 4)
    as amount_before
from heads
join activation.sends as sends using (campaign_id, profile_id)
