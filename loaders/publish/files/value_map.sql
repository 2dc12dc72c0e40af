/* ---
name: value_map
description: Customers by repeat orders and days since the last order, with what is expected of them. The page bins refits alike.
columns:
  frequency: the fewest repeat orders in the cell
  quiet: the fewest days since the last order in the cell
  step: days that a cell spans
  customers: customers in the cell
  p_alive: "forecast: their mean probability of still being customers"
  expected_orders: "forecast: their mean number of orders within the horizon"
people: customers
groups: [frequency, quiet]
--- */
with customers as (
  select
    repeat_orders, p_alive, expected_orders,
    fit.until - last_order_date as quiet,
    7 * greatest(1, ceil(max(fit.until - first_order_date) over () / 70))::integer as step
  from derived.lifetime_value, (select any_value(until) as until from derived.value_fit) as fit
  where first_order_date is not null
)
select
  case
    when repeat_orders < 4 then repeat_orders
    when repeat_orders < 6 then 4
    when repeat_orders < 10 then 6
    when repeat_orders < 20 then 10
    when repeat_orders < 50 then 20
    else 50
  end as frequency,
  quiet // step * step as quiet,
  step,
  count(*) as customers,
  -- Sums of doubles depend on the order in which threads add them up.
  sum(p_alive::decimal(18, 9))::double / count(p_alive) as p_alive,
  sum(expected_orders::decimal(18, 9))::double / count(expected_orders) as expected_orders
from customers
group by all
order by frequency, quiet
