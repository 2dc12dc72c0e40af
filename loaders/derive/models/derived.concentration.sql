/* ---
name: derived.concentration
description: >-
  How unevenly a metric is spread over the people ranked: Gini's coefficient, 0 where all have the same, near 1 where one
  has all. Negative totals count as 0.
grain: one row per metric, lookback and category
key: [metric, lookback, category]
publish: aggregate
columns:
  metric: The metric's name in workspace.yaml
  lookback: "How far back the window reaches: 12 months, lifetime"
  category: "The group: * for all together"
  n: {description: People with an event that counts, unit: people}
  clipped: {description: Those with a negative total, unit: people}
  gini: "Gini's coefficient of the totals; null where they sum to 0"
--- */
with placed as (
  -- In ten-thousandths, as integers: sums are exact in any order. Equal totals share the mean of their places, least first.
  select
    metric, lookback, category, (greatest(value, 0) * 10000)::hugeint as x, value < 0 as is_negative,
    round((partition_size - 1) * percentile / 50)::bigint + 2 as place_twice
  from derived.deciles
  where percentile is not null
  union all
  -- Groups too small to be ranked have no place yet.
  select
    metric, lookback, category, (greatest(value, 0) * 10000)::hugeint, value < 0,
    2 * row_number() over (partition by metric, lookback, category order by value)
  from derived.deciles
  where percentile is null and reason is distinct from 'inactive'
),

summed as (
  select
    metric, lookback, category,
    count(*) as n, count(*) filter (where is_negative) as clipped, sum(x) as total, sum(place_twice * x) as weighted_twice
  from placed
  group by all
)

select
  metric, lookback, category, n::integer as n, clipped::integer as clipped,
  (weighted_twice - (n + 1) * total)::double / nullif(n * total, 0)::double as gini
from summed
