/* ---
name: deciles_trend
description: The best bucket's share of all value, at every instant of the decile calendar.
columns:
  as_of: the instant (UTC)
  date: its last local day
  metric: the metric
  lookback: how far back the window reaches
  profiles: customers ranked
  top_profiles: of them, customers of bucket 1
  value: all value
  top_value: bucket 1's
  share: top_value by value
people: [profiles, top_profiles]
groups: [metric, lookback]
--- */
select
  as_of, date, metric, lookback,
  sum(count_profiles) filter (bucket > 0)::bigint as profiles,
  coalesce(sum(count_profiles) filter (bucket = 1), 0)::bigint as top_profiles,
  sum(value) filter (bucket > 0) as value,
  coalesce(sum(value) filter (bucket = 1), 0) as top_value,
  coalesce(sum(value) filter (bucket = 1), 0) / nullif(sum(value) filter (bucket > 0), 0)::double as share
from insights.fact_decile
where category = '*'
group by as_of, date, metric, lookback
having sum(count_profiles) filter (bucket > 0) > 0
order by metric, lookback, as_of
