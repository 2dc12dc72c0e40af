/* ---
name: signals_events
description: Events by source, type and month, and how many arrived late.
columns:
  source: the source's name
  event_type: what happened
  month: first day of the month in which it happened
  events: events
  timed: events whose arrival is known
  late: of these, arrived more than a day after they happened
  anonymous: events of nobody in particular
people: events
--- */
with timed as (
  -- Where no arrival is mapped, all rows of a file carry the instant of its landing: that says nothing about them.
  select batch_id from core.events group by batch_id having min(received_at) <> max(received_at)
),
days as (
  select source, event_type, event_date, count(*) as events, count(profile_id) as known
  from core.events
  group by all
),
arrivals as (
  select
    source, event_type, event_date,
    count(*) as events,
    count(*) filter (received_at > event_time + interval 1 day) as late
  from core.events
  semi join timed using (batch_id)
  group by all
)
select
  source,
  event_type,
  date_trunc('month', event_date)::date as month,
  sum(days.events)::bigint as events,
  coalesce(sum(arrivals.events), 0)::bigint as timed,
  coalesce(sum(late), 0)::bigint as late,
  sum(days.events - known)::bigint as anonymous
from days
left join arrivals using (source, event_type, event_date)
group by all
order by all
