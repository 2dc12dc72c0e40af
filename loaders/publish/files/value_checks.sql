/* ---
name: value_checks
description: Forecasts made from earlier data held against what came, in totals and by what their ranking found.
columns:
  origin: the last day fitted
  until: the last day compared with
  part: total or gain
  measure: "of a total: orders.ratio, orders.rmse and the like; of a gain: value"
  series: model, rate (past rate × past mean), historic (past spend), zero
  place: "gain: share of customers in tenths, 0 for the normalised Gini"
  value: the number
people: none
--- */
select origin, until, part, measure, series, place, value
from derived.value_checks
where part in ('total', 'gain')
order by origin desc, part, measure, series, place
