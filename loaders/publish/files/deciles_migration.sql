/* ---
name: deciles_migration
description: How many customers went from which bucket to which, between two as-of instants.
columns:
  metric: the metric's name
  lookback: the window it is taken over
  category: "* for all together"
  from_as_of: the earlier instant
  to_as_of: the later instant
  from_bucket: bucket then, or inactive, or new
  to_bucket: bucket now, or inactive
  profiles: customers
  value_from: their total then
  value_to: their total now
people: profiles
--- */
select metric, lookback, category, from_as_of, to_as_of, from_bucket, to_bucket, profiles, value_from, value_to
from derived.migration
order by all
