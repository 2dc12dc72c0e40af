/* ---
name: deciles
description: Customers and value by metric, lookback, category and bucket, as of now.
columns:
  metric: the metric's name
  lookback: the window it is taken over
  category: "* for all together, (none) where a customer has none"
  bucket: 1 is the best; null where customers are not ranked
  reason: why they are not ranked (inactive, small_partition)
  profiles: customers
  value: sum of the metric
  lower: smallest value of a customer in the bucket
  upper: largest value of a customer in the bucket
  tied: customers of the largest group that shares one value
  split: customers whose equals stand in another bucket, too
  window_start: first instant of the window; null for lifetime
  window_end: the instant at which the window ends, exclusive
people: profiles
--- */
with ranked as (
  select
    *,
    min(bucket) over same_value <> max(bucket) over same_value as is_split
  from derived.deciles
  window same_value as (partition by metric, lookback, category, value)
)
select
  metric,
  lookback,
  category,
  bucket,
  reason,
  count(*) as profiles,
  sum(value) as value,
  min(value) as lower,
  max(value) as upper,
  max(tied) as tied,
  count(*) filter (is_split) as split,
  min(window_start) as window_start,
  max(window_end) as window_end
from ranked
group by metric, lookback, category, bucket, reason
order by metric, window_start desc nulls last, lookback, category, bucket nulls last, reason
