/* ---
name: value_histories
description: How many customers share each purchase history; the page fits models to them.
columns:
  x: days with an order after the first
  recency: days from the first order to the last
  age: days from the first order to the last day observed
  customers: customers with this history
people: customers
when: rows
--- */
select x, recency, age, customers
from derived.value_histories
order by all
