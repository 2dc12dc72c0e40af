/* ---
name: insights.dim_date
description: Every day from the first event to the last day described, in the workspace's zone.
grain: one row per day
key: [date]
role: dimension
publish: aggregate
columns:
  date: The day
  year: Its year
  quarter: Its quarter, 1 to 4
  month: The first day of its month
  month_label: Its month, as 2024-02
  week: The Monday of its week
  iso_week: Its ISO week, 1 to 53
  weekday: Its day of the week, 1 is Monday
  weekday_label: Its day of the week, as Mon
  is_weekend: Saturday or Sunday
tests:
  - expression: weekday between 1 and 7
--- */
with span as (
  select min(event_date) as first, max(event_date) as last
  from core.events
  where event_time < $as_of::timestamp
),
ends as (
  -- The last day described may be without events.
  select first, greatest(
    last,
    timezone($time_zone, timezone('UTC', $as_of::timestamp - interval 1 microsecond))::date
  ) as last
  from span
  where first is not null
),
days as (
  select unnest(range(first::timestamp, last::timestamp + interval 1 day, interval 1 day))::date as date from ends
)
select
  date,
  year(date)::integer as year,
  quarter(date)::integer as quarter,
  date_trunc('month', date)::date as month,
  strftime(date, '%Y-%m') as month_label,
  date_trunc('week', date)::date as week,
  weekofyear(date)::integer as iso_week,
  isodow(date)::integer as weekday,
  strftime(date, '%a') as weekday_label,
  isodow(date) >= 6 as is_weekend
from days
