/* ---
name: signals_rejects
description: Refused rows by source, file, column and code, without their values; the rows themselves stay in the warehouse.
columns:
  source: the source's name
  file: path under the landing folder
  code: what kind of fault
  column_name: the column at fault
  message: what is wrong and what to do about it
  rows: rows refused for this
  first_line: the first such line
people: none
--- */
with current as (
  from landing.batches
  where status <> 'withdrawn'
  qualify status <> 'failed' or batch_id = max(batch_id) over (partition by source, file)
)
select
  rejects.source,
  rejects.file,
  code,
  column_name,
  any_value(message order by line) as message,
  count(distinct coalesce(line::varchar, raw)) as rows,
  min(line) as first_line
from landing.rejects as rejects
semi join current using (batch_id)
group by rejects.source, rejects.file, code, column_name
order by rows desc, rejects.source, rejects.file, code, column_name
