/* ---
name: overview
description: The size and reach of the base, in one row.
columns:
  profiles: customers known at as-of
  events: events
  first_event_at: the oldest event
  last_event_at: the newest event
  sources: sources that have delivered
people: profiles
--- */
select
  (select count(*) from core.profiles) as profiles,
  count(*) as events,
  min(event_time) as first_event_at,
  max(event_time) as last_event_at,
  count(distinct source) as sources
from core.events
