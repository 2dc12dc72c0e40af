/* ---
name: signals_batches
description: Every landed file, how its rows are accounted for, and the time that its events cover.
columns:
  batch_id: the batch
  source: the source's name
  file: path under the landing folder
  status: loaded, or why not
  error: what stopped it
  bytes: size of the file
  rows: rows in the file
  loaded: rows that gave at least one new event
  rejected: rows refused
  duplicates: rows that were known already
  skipped: rows whose conditions yield no event
  events: events made of the rows
  first_event_at: its oldest event
  last_event_at: its newest event
people: none
--- */
with current as (
  from landing.batches
  where status <> 'withdrawn'
  qualify status <> 'failed' or batch_id = max(batch_id) over (partition by source, file)
),
covered as (
  select batch_id, min(event_time) as first_event_at, max(event_time) as last_event_at
  from core.events
  group by batch_id
)
select
  batch_id, source, file, status, error, bytes, rows, loaded, rejected, duplicates, skipped, events,
  first_event_at, last_event_at
from current
left join covered using (batch_id)
order by batch_id desc
