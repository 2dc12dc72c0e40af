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
with people as materialized (
  -- How many have no more than this person, from their place among them: twice a midrank is an integer.
  select
    metric, lookback, category, (greatest(value, 0) * 10000)::bigint as x, tied as n,
    (round((partition_size - 1) * percentile / 50)::bigint + tied + 1) // 2 as people
  from derived.deciles
  where percentile is not null
  union all
  -- Groups too small to be ranked have no place yet.
  select
    metric, lookback, category, (greatest(value, 0) * 10000)::bigint, tied,
    count(*) over (partition by metric, lookback, category order by value)
  from derived.deciles
  where percentile is null and reason is distinct from 'inactive'
),

kinds as materialized (
  select *, row_number() over (order by metric, lookback, category)::integer as kind
  from (
    select metric, lookback, category, count(*) as all_people, sum(x) as all_amount
    from people
    group by all
  )
  where all_amount > 0
),

-- Of those who reach the same hundredth the first are the ones it lies on; the others only add to what comes later.
levels as (
  select
    kind, 100 * people // all_people as level, all_people, all_amount,
    min(people) as people, arg_min(x, people) as x, arg_min(n, people) as n, sum(x) as level_amount
  from people
  join kinds using (metric, lookback, category)
  group by all
),

-- Among equal totals the curve is a straight line: a point lies on the group that reaches it.
points as (
  select
    *,
    coalesce(sum(level_amount) over (partition by kind order by level rows between unbounded preceding and 1 preceding), 0)
      + n::hugeint * x as amount,
    unnest(range(case when people = n then 0 else 100 * (people - n) // all_people + 1 end, level + 1)) as hundredth
  from levels
)

select
  metric, lookback, category, hundredth / 100 as share_profiles,
  (100 * amount - (100 * people - hundredth * points.all_people)::hugeint * x)::double / (100 * points.all_amount)::double
    as share_value
from points
join kinds using (kind)
