/* ---
name: deciles_lorenz
description: Lorenz curves, poorest customers first, in steps of two percent, with the Gini coefficient.
columns:
  metric: the metric's name
  lookback: the window it is taken over
  category: "* for all together"
  share_profiles: share of the customers, poorest first
  share_value: the share of the value that they hold
  n: customers on the curve
  clipped: customers with a negative total, counted as zero
  gini: 0 where all are equal, 1 where one has everything
people: n
--- */
select
  lorenz.metric,
  lorenz.lookback,
  lorenz.category,
  round(lorenz.share_profiles, 4) as share_profiles,
  round(lorenz.share_value, 4) as share_value,
  concentration.n,
  concentration.clipped,
  round(concentration.gini, 4) as gini
from derived.lorenz
join derived.concentration using (metric, lookback, category)
qualify row_number() over (partition by metric, lookback, category order by lorenz.share_profiles) % 2 = 1
order by metric, lookback, category, share_profiles
