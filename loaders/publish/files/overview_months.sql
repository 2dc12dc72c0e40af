/* ---
name: overview_months
description: Customers new and active, and their value, by calendar month.
columns:
  month: first day of the month
  new: customers whose first event falls in the month
  active: customers with an event in the month that counts
  value: what they brought in the month, by the workspace's first metric
people: [active, new]
--- */
select
  (cohort_month + to_months(months_since::integer))::date as month,
  sum(profiles) filter (months_since = 0) as new,
  sum(active) as active,
  sum(value) as value
from derived.cohorts
group by month
order by month
