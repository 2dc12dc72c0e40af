/* ---
name: value_tracking
description: Repeat orders since the first order of all, as they came and as forecast at the latest origin.
columns:
  day: the last day of the week
  origin: the last day fitted
  actual: repeat orders until then
  predicted: "forecast: repeat orders until then"
people: none
--- */
select
  (select min(first_order_date) from derived.lifetime_value) + 7 * place - 1 as day,
  origin,
  max(value) filter (series = 'actual') as actual,
  max(value) filter (series = 'model') as predicted
from derived.value_checks
where part = 'tracking' and origin = (select max(origin) from derived.value_checks)
group by place, origin
order by day
