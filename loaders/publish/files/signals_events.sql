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
select
  source,
  event_type,
  date_trunc('month', event_date)::date as month,
  count(*) as events,
  count(received_at) as timed,
  count(*) filter (received_at > event_time + interval 1 day) as late,
  count(*) filter (profile_id is null) as anonymous
from core.events
group by all
order by all
