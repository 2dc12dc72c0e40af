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
)
select
  source,
  event_type,
  date_trunc('month', event_date)::date as month,
  count(*) as events,
  count(timed.batch_id) as timed,
  count(*) filter (timed.batch_id is not null and received_at > event_time + interval 1 day) as late,
  count(*) filter (profile_id is null) as anonymous
from core.events
left join timed using (batch_id)
group by all
order by all
