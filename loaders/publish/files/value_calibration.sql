/* ---
name: value_calibration
description: Predicted against actual by tenth of the prediction, over the latest holdout.
columns:
  origin: the last day fitted
  until: the last day compared with
  measure: orders or value
  tenth: "1: those of whom most was predicted"
  customers: customers in the tenth
  predicted: "forecast: the model's prediction"
  actual: what came
  baseline: the prediction by past rate × past mean
people: customers
--- */
select
  origin, until, measure, place as tenth,
  max(value) filter (series = 'customers') as customers,
  max(value) filter (series = 'model') as predicted,
  max(value) filter (series = 'actual') as actual,
  max(value) filter (series = 'rate') as baseline
from derived.value_checks
where part = 'calibration' and origin = (select max(origin) from derived.value_checks)
group by all
having max(value) filter (series = 'customers') > 0
order by measure, tenth
