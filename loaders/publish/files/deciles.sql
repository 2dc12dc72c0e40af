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
with buckets as (
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
    count(*) filter (value = lower_edge) as at_lower,
    count(*) filter (value = upper_edge) as at_upper,
    min(window_start) as window_start,
    max(window_end) as window_end
  from derived.deciles
  group by metric, lookback, category, bucket, reason
),
-- A value that stands in several buckets is the edge of each.
edges as (
  select
    *,
    coalesce(upper = lag(lower) over around, false) as is_upper_split,
    coalesce(lower = lead(upper) over around, false) as is_lower_split
  from buckets
  window around as (partition by metric, lookback, category, bucket is null order by bucket)
)
select
  metric,
  lookback,
  category,
  bucket,
  reason,
  profiles,
  value,
  lower,
  upper,
  tied,
  case
    when bucket is null then 0
    when lower = upper and (is_upper_split or is_lower_split) then profiles
    else case when is_upper_split then at_upper else 0 end + case when is_lower_split then at_lower else 0 end
  end as split,
  window_start,
  window_end
from edges
order by metric, window_start desc nulls last, lookback, category, bucket nulls last, reason
