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
with totals as (
  -- In ten-thousandths, as integers: sums are exact in any order.
  select metric, lookback, category, (greatest(value, 0) * 10000)::hugeint as x, value < 0 as is_negative
  from derived.deciles
  where reason is distinct from 'inactive'
),

placed as (
  select *, row_number() over (partition by metric, lookback, category order by x) as i
  from totals
),

summed as (
  select
    metric, lookback, category,
    count(*) as n, count(*) filter (where is_negative) as clipped, sum(x) as total, sum(i * x) as weighted
  from placed
  group by all
)

select
  metric, lookback, category, n::integer as n, clipped::integer as clipped,
  (2 * weighted - (n + 1) * total)::double / nullif(n * total, 0)::double as gini
from summed
