/* ---
name: value_spend
description: How many customers share a number of orders and, to three digits, a mean order value.
columns:
  orders: orders whose values are known
  mean: their mean, to three digits
  customers: customers who share both
people: customers
when: rows
--- */
select orders, mean, customers
from derived.value_spend
order by all
