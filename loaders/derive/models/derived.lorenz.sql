/* ---
name: derived.lorenz
description: >-
  The Lorenz curve: the share of a metric that the least share of people holds, from none to all in hundredths. Negative
  totals count as 0.
grain: one row per metric, lookback, category and hundredth of the people
key: [metric, lookback, category, share_profiles]
publish: aggregate
columns:
  metric: The metric's name in workspace.yaml
  lookback: "How far back the window reaches: 12 months, lifetime"
  category: "The group: * for all together"
  share_profiles: The share of people, those with the least first, 0 to 1
  share_value: The share of the metric that they hold, 0 to 1
--- */
with groups as (
  select metric, lookback, category, (greatest(value, 0) * 10000)::bigint as x, count(*) as n
  from derived.deciles
  where reason is distinct from 'inactive'
  group by all
),

running as (
  select
    *,
    (sum(n) over up)::bigint as people,
    sum(n::hugeint * x) over up as amount,
    (sum(n) over whole)::bigint as all_people,
    sum(n::hugeint * x) over whole as all_amount
  from groups
  window
    up as (partition by metric, lookback, category order by x rows unbounded preceding),
    whole as (partition by metric, lookback, category)
),

-- Among equal totals the curve is a straight line: a point lies on the group that reaches it.
points as (
  select
    *,
    unnest(range(case when people = n then 0 else 100 * (people - n) // all_people + 1 end, 100 * people // all_people + 1))
      as hundredth
  from running
  where all_amount > 0
)

select
  metric, lookback, category, hundredth / 100 as share_profiles,
  (100 * amount - (100 * people - hundredth * all_people)::hugeint * x)::double / (100 * all_amount)::double
    as share_value
from points
