/* ---
name: insights.fact_decile
description: How many people are in each bucket and what they are worth, at every as-of instant of the calendar.
grain: one row per as-of instant, metric, lookback, category and bucket
key: [as_of, metric, lookback, category, bucket]
role: fact
publish: aggregate
columns:
  as_of: The instant described (UTC)
  date: The last day it describes (workspace's zone)
  metric: The metric
  lookback: How far back the window reaches
  category: The group ranked within; * for all together
  bucket: 1 is best; 0 for people without one
  count_profiles: {description: People in the bucket, unit: people}
  value: The sum of their values
  lower_edge: The bucket's least value
  upper_edge: The bucket's greatest value
references:
  - {columns: [category], table: insights.dim_category, fields: [category]}
  - {columns: [bucket], table: insights.dim_decile, fields: [bucket]}
--- */
with counted as (
  select
    as_of,
    metric,
    lookback,
    category,
    coalesce(bucket, 0)::integer as bucket,
    count(*) as count_profiles,
    sum(value) as value,
    min(value) as lower_edge,
    max(value) as upper_edge
  from derived.decile_snapshots
  group by all
)
select
  as_of,
  timezone($time_zone, timezone('UTC', as_of - interval 1 microsecond))::date as date,
  metric,
  lookback,
  category,
  bucket,
  count_profiles,
  value,
  lower_edge,
  upper_edge
from counted
