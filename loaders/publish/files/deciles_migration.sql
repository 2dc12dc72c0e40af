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
people: profiles
--- */
select metric, lookback, category, from_as_of, to_as_of, from_bucket, to_bucket, profiles
from derived.migration
order by all
