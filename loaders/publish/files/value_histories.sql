/* ---
name: value_histories
description: How many customers share each purchase history; the page fits models to them.
columns:
  x: days with an order after the first
  recency: days from the first order to the last
  age: days from the first order to the last day observed
  customers: customers with this history
  spenders: those among them whose orders are worth something
  mean: the mean of the spenders' mean order values
people: customers
when: rows
--- */
select x, recency, age, customers, spenders, mean
from derived.value_histories
order by all
