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
  select metric, lookback, category, (greatest(value, 0) * 10000)::hugeint as x, count(*)::hugeint as n
  from derived.deciles
  where reason is distinct from 'inactive'
  group by all
),

running as (
  select
    *,
    sum(n) over up as people,
    sum(n * x) over up as amount,
    sum(n) over whole as all_people,
    sum(n * x) over whole as all_amount
  from groups
  window
    up as (partition by metric, lookback, category order by x rows unbounded preceding),
    whole as (partition by metric, lookback, category)
),

points as (
  select metric, lookback, category, all_people, all_amount, unnest(range(0, 101)) as hundredth
  from (select distinct metric, lookback, category, all_people, all_amount from running)
  where all_amount > 0
),

-- Among equal totals the curve is a straight line: the point lies on the group that reaches it. In hundredths of people.
reached as (
  select points.*, running.people, running.amount, running.x
  from points
  asof join (select *, 100 * people as reach from running) as running
    on points.metric = running.metric and points.lookback = running.lookback and points.category = running.category
      and points.hundredth * points.all_people <= running.reach
)

select
  metric, lookback, category, hundredth / 100 as share_profiles,
  (100 * amount - (100 * people - hundredth * all_people) * x)::double / (100 * all_amount)::double as share_value
from reached
