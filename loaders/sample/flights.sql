-- A ticket's legs are flown in the weeks after the purchase; each is posted twice, as award and as status miles.
create table flights as
with legs as (
  select purchase, member, member_id, order_id, purchased_at, cabin, unnest(range(1, legs + 1)) as leg from purchases
),
flown as (
  select
    *,
    (purchase * 8 + leg)::ubigint as flight,
    (purchased_at + to_days((2 + floor(uniform('departs', purchase) * 58) + 3 * (leg - 1))::integer))::date as flown_on,
    (floor(pow(uniform('route', purchase * 8 + leg), 1.6) * 12))::integer + 1 as route_number
  from legs
)
select
  f.flight, f.member, f.member_id, f.order_id || '-' || f.leg as flight_id, f.flown_on, r.route, r.kilometres,
  round(r.kilometres * 0.621371
    * case f.cabin when 'business' then 2 when 'premium' then 1.25 else 1 end)::integer as miles
from flown f
join (select *, row_number() over (order by kilometres) as route_number from legs_by_route) r using (route_number)
where f.flown_on < getvariable('stop')::date;

create table postings as
select *, (flight * 2 + posting_number)::ubigint as posting
from flights
cross join (values ('AWARD', 0), ('STATUS', 1)) as p(kind, posting_number);

-- Tier from the miles of the four quarters before, looked at when a quarter begins; a row where it changes.
create table tiers as
with quarterly as (
  select member, date_trunc('quarter', flown_on)::date + interval 3 months as quarter, sum(miles) as miles
  from flights
  group by all
),
quarters as (
  select unnest(range(
    date_trunc('quarter', getvariable('start')) + interval 3 months, getvariable('stop'), interval 3 months
  )) as quarter
),
rolling as (
  select
    m.member, q.quarter,
    sum(coalesce(f.miles, 0)) over (
      partition by m.member order by q.quarter rows between 3 preceding and current row
    ) as miles
  from members m
  join quarters q on q.quarter > m.joined_at
  left join quarterly f on f.member = m.member and f.quarter = q.quarter
),
graded as (
  select
    member, quarter as since,
    case when miles >= 40000 then 'Platinum' when miles >= 18000 then 'Gold' when miles >= 6000 then 'Silver' else 'Basic' end
      as tier
  from rolling
  union all
  select member, joined_at, 'Basic' from members
)
from graded
qualify tier is distinct from lag(tier) over (partition by member order by since);

create table redemptions as
select
  purchase, member, member_id,
  purchased_at + to_seconds(floor(86400 + uniform('redeemed after', purchase) * 20 * 86400)::bigint) as redeemed_at,
  pick([5000, 5000, 10000, 20000, 40000], uniform('award', purchase)) as miles,
  pick(['upgrade', 'flight', 'flight', 'voucher'], uniform('award kind', purchase)) as award
from purchases
where seq >= 2 and seq < 990 and uniform('redeem', purchase) < 0.11
  and purchased_at + to_seconds(floor(86400 + uniform('redeemed after', purchase) * 20 * 86400)::bigint) < getvariable('stop');

-- Visits before a purchase, and some that lead nowhere.
create table visits as
with sought as (
  select purchase, member, member_id, purchased_at, unnest(range(1, 2 + floor(uniform('visits', purchase) * 3)::bigint)) as n
  from purchases
),
idle as (
  select member, member_id, joined_at, unnest(range(1, 2 + floor(exponential('idle visits', member) * 2)::bigint)) as n
  from members
)
select
  (purchase * 8 + n)::ubigint as visit, member, member_id,
  purchased_at - to_seconds(floor(60 + pow(uniform('visited before', purchase * 8 + n), 3) * 12 * 86400)::bigint) as viewed_at,
  pick(['/fares', '/fares', '/book', '/routes', '/miles'], uniform('page', purchase * 8 + n)) as page
from sought
union all
select
  (1::ubigint << 50) + member * 128 + n, member, member_id,
  joined_at + to_seconds(floor(uniform('idle at', member * 1000 + n) * datediff('second', joined_at, getvariable('stop')))::bigint),
  pick(['/', '/', '/miles', '/routes', '/help'], uniform('idle page', member * 1000 + n))
from idle
where n <= 120;

delete from visits where viewed_at < getvariable('start');
