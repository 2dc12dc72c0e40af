/* ---
name: derived.routes
description: Flights and miles by route and month. Each flight is posted twice; its status posting stands for it.
grain: one row per route and month
key: [route, month]
columns:
  route: From and to
  month: The month's first day
  members: {description: Members who flew, unit: people}
  flights: {description: Flights taken, unit: flights}
  miles: {description: Miles flown, unit: miles}
tests:
  - expression: flights >= members
publish: aggregate
--- */
with flown as (
  select profile_id, properties.route as route, date_trunc('month', event_date)::date as month, value as miles
  from core.events
  where event_type = 'loyalty.accrual' and properties.posting = 'status' and event_time < $as_of
)

select
  route,
  month,
  count(distinct profile_id)::integer as members,
  count(*)::integer as flights,
  sum(miles) as miles
from flown
where route is not null
group by route, month
order by route, month
