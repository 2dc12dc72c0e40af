/* ---
name: value
description: What the customers are expected to be worth, in one row; none where there are no orders.
columns:
  customers: customers with an order
  forecast: those of whom something can be forecast
  expected_value: "forecast: value within the horizon, discounted"
  expected_orders: "forecast: orders within the horizon"
  still_customers: "forecast: how many of them are still customers; null where no drop-out can be told"
  half: the fewest customers who hold half of the expected value
  historic_net: what all orders so far were worth, less refunds
  before_orders: orders in a time as long as the horizon before the as-of day, those of a day merged
  before_net: what those were worth, less refunds
  customers_truncated: customers first seen in the first four weeks of the data
  horizon: how far ahead
  basis: revenue, or margin where one is given
people: customers
--- */
with customers as (
  select * from derived.lifetime_value where first_order_date is not null
),
ranked as (
  select
    sum(expected_value) over (order by expected_value desc, profile_id) - expected_value as above,
    sum(expected_value) over () as total
  from customers
  where expected_value > 0
),
before as (
  select count(*) as orders, sum(net) as net, sum(margin) as margin
  from derived.value_orders
  semi join customers using (profile_id)
  where day > (select any_value(until) from derived.value_fit) - (select any_value(horizon)::interval from customers)
)
select
  count(*) as customers,
  count(expected_value) as forecast,
  sum(expected_value) as expected_value,
  -- Sums of doubles depend on the order in which threads add them up.
  sum(expected_orders::decimal(18, 9))::double as expected_orders,
  sum(p_alive::decimal(18, 9))::double as still_customers,
  (select count(*) filter (above * 2 < total) from ranked) as half,
  sum(historic_net) as historic_net,
  (select orders from before) as before_orders,
  if(any_value(basis) = 'margin', (select margin from before), (select net from before)) as before_net,
  count(*) filter (is_left_truncated) as customers_truncated,
  any_value(horizon) as horizon,
  any_value(basis) as basis
from customers
having count(*) > 0
