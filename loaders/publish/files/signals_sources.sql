/* ---
name: signals_sources
description: What each source has delivered, row by row accounted for.
columns:
  source: the source's name
  batches: files taken in
  failed: files that could not be taken in
  rows: rows in the files
  loaded: rows that gave at least one new event
  rejected: rows refused
  duplicates: rows that were known already
  skipped: rows whose conditions yield no event
  events: events made of the rows
people: none
--- */
with current as (
  -- A withdrawn batch, or a failure that a later try of the same file has settled, no longer counts.
  from landing.batches
  where status <> 'withdrawn'
  qualify status <> 'failed' or batch_id = max(batch_id) over (partition by source, file)
)
select
  source,
  count(*) as batches,
  count(*) filter (status = 'failed') as failed,
  sum(rows) as rows,
  sum(loaded) as loaded,
  sum(rejected) as rejected,
  sum(duplicates) as duplicates,
  sum(skipped) as skipped,
  sum(events) as events
from current
group by source
order by source
