/* ---
name: signals_delays
description: How long after they happened events arrived, where the data say so.
columns:
  source: the source's name
  delay: from within an hour to over a month
  delay_order: its place
  events: events
people: events
--- */
with timed as (
  -- Where no arrival is mapped, all rows of a file carry the instant of its landing: that says nothing about them.
  select batch_id from core.events group by batch_id having min(received_at) <> max(received_at)
)
select
  source,
  case
    when received_at < event_time then 'before it happened'
    when received_at <= event_time + interval 1 hour then 'within an hour'
    when received_at <= event_time + interval 1 day then 'within a day'
    when received_at <= event_time + interval 7 days then 'within a week'
    when received_at <= event_time + interval 30 days then 'within 30 days'
    else 'later'
  end as delay,
  case
    when received_at < event_time then 0
    when received_at <= event_time + interval 1 hour then 1
    when received_at <= event_time + interval 1 day then 2
    when received_at <= event_time + interval 7 days then 3
    when received_at <= event_time + interval 30 days then 4
    else 5
  end as delay_order,
  count(*) as events
from core.events
semi join timed using (batch_id)
where received_at is not null
group by all
order by source, delay_order
