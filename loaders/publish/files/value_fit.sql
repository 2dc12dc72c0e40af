/* ---
name: value_fit
description: The models behind the forecast, whether to trust them, and what they were fitted to.
columns:
  part: "asked: the model chosen; orders: the model the forecast uses; order_value: Gamma-Gamma"
  model: the model
  status: ok, boundary or not converged
  message: what the status means
  log_likelihood: natural logarithm of the likelihood
  aic: Akaike's criterion
  bic: Schwarz's criterion
  likelihood_ratio: twice the log-likelihood gained over NBD
  customers: customers fitted
  orders: their orders, those of a day merged
  one_timers: customers with one order
  truncated: customers first seen in the first four weeks of the data
  unit: the unit of time
  basis: revenue or margin
  first_order: whether first orders count towards order values
  until: the last day observed
  horizon: how far ahead the forecast looks
  discount_rate: the annual discount rate
  margin: the margin, where it is one share for all orders
  condition_number: large where parameters trade off
  data_hash: hash of the histories fitted
people: customers
--- */
select
  part, model, status, message, log_likelihood, aic, bic, likelihood_ratio, customers, orders, one_timers, truncated,
  unit, basis, first_order, until, horizon, discount_rate, margin, condition_number, data_hash
from derived.value_fit
order by part
