/* ---
name: value_curve
description: What share of the value the best customers hold, best first, in steps of two percent.
columns:
  series: expected (forecast) or historic (all orders so far)
  share_customers: share of the customers, best first
  share_value: the share of the value that they hold
  customers: customers on the curve
  gini: 0 where all are equal, 1 where one has everything
people: customers
--- */
with customers as (
  -- In ten-thousandths, as integers: sums are exact in any order.
  select (greatest(expected_value, 0) * 10000)::bigint as expected, (greatest(historic_net, 0) * 10000)::bigint as historic
  from derived.lifetime_value
  where expected_value is not null
),
placed as (
  select 'expected' as series, expected as x, row_number() over by_expected as place, sum(expected) over by_expected as above
  from customers
  window by_expected as (order by expected desc rows unbounded preceding)
  union all
  select 'historic', historic, row_number() over by_historic, sum(historic) over by_historic
  from customers
  window by_historic as (order by historic desc rows unbounded preceding)
),
summed as (
  select series, count(*) as n, sum(x) as total, sum(place * x) as weighted
  from placed
  group by series
  having sum(x) > 0
),
steps as (
  select series, n, total, step / 50 as share, ceil(step * n / 50)::bigint as place,
    ((n + 1) * total - 2 * weighted)::double / (n * total)::double as gini
  from summed, range(0, 51) as steps (step)
)
select
  series,
  steps.share as share_customers,
  round(coalesce(above::double / total::double, 0), 5) as share_value,
  n as customers,
  round(gini, 4) as gini
from steps
left join placed using (series, place)
order by series, share_customers
