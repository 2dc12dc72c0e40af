-- The first purchase enrols the member; repeats follow as a Poisson process, drawn as gaps in whole seconds so that sums
-- are exact. Enough gaps are drawn that running out of them has a chance of about 1 in 10⁸.
create table base_purchases as
with expected as (
  select
    member, joined_at, purchase_rate, lapsed_at,
    purchase_rate * datediff('second', joined_at, least(lapsed_at, getvariable('stop'))) / 604800 as mean
  from members
),
gaps as (
  select
    member, joined_at, lapsed_at, seq,
    ceil(exponential('gap', member * 1000 + seq) / purchase_rate * 604800)::bigint as gap
  from (select *, unnest(range(1, 13 + ceil(mean + 6 * sqrt(mean))::bigint)) as seq from expected)
),
arrivals as (
  select member, joined_at, lapsed_at, sum(gap) over (partition by member order by seq) as elapsed from gaps
),
instants as (
  select member, joined_at as purchased_at from members
  union all
  select member, joined_at + to_seconds(elapsed::bigint)
  from arrivals
  where elapsed < 94608000 * 2
    and joined_at + to_seconds(elapsed::bigint) < least(lapsed_at, getvariable('stop'))
)
select member, purchased_at, row_number() over (partition by member order by purchased_at) - 1 as seq from instants;

create table legs_by_route as
from (values
  ('FRA-BER', 430), ('FRA-VIE', 620), ('MUC-HAM', 600), ('ZRH-FRA', 285), ('FRA-LHR', 655), ('MUC-LIS', 1970),
  ('BER-ATH', 1800), ('VIE-CDG', 1035), ('FRA-JFK', 6200), ('MUC-NRT', 9370), ('ZRH-GRU', 9580), ('FRA-CPT', 9370)
) as r(route, kilometres);

create table audiences as
with mailed as (from mailings where position <= getvariable('campaigns')),
past as (
  select
    m.campaign, m.position, c.member,
    count(p.seq) filter (p.purchased_at >= m.sent_at - interval 12 months) as orders
  from mailed m
  join members c on c.joined_at < m.sent_at - interval 30 days and c.has_consent
  left join base_purchases p on p.member = c.member and p.purchased_at < m.sent_at
  group by all
)
select
  campaign, position, member,
  case when orders >= 3 then 'frequent' when orders >= 1 then 'occasional' else 'quiet' end as audience
from past
where not exists (
  from range(1, 9) as earlier(k)
  where k < position and uniform('unsubscribe', member * 10 + k) < 0.004
);

-- Arms by a hash of campaign and member; a fifth is held out.
create table assignments as
select
  a.campaign, a.position, a.member, a.audience, m.sent_at, arm.name as arm, arm.effect,
  's-' || a.campaign || '-' || lpad(a.member::varchar, 7, '0') as send_id,
  m.sent_at + to_seconds(floor(uniform('sent', a.member * 10 + a.position) * 1200)::bigint) as mailed_at,
  case
    when uniform('bounce', a.member * 10 + a.position) < 0.012 then 'hard'
    when uniform('bounce', a.member * 10 + a.position) < 0.018 then 'soft'
  end as bounce
from audiences a
join mailings m using (campaign)
join arms arm
  on arm.campaign = a.campaign
  and uniform('arm', a.member * 10 + a.position) >= arm.share_from
  and uniform('arm', a.member * 10 + a.position) < arm.share_to
where list_contains(m.audiences, a.audience);

-- What a mailing caused: of those it reached, `effect` buy once more within ten days.
create table caused_purchases as
select
  member, campaign, 990 + position as seq,
  mailed_at + to_seconds(floor(least(exponential('caused after', member * 10 + position) * 2.5, 9.9) * 86400)::bigint)
    as purchased_at
from assignments
where effect > 0 and bounce is null and uniform('caused', member * 10 + position) < effect;

create table purchases as
with every as (
  select member, seq, purchased_at, null as campaign from base_purchases
  union all
  select member, seq, purchased_at, campaign from caused_purchases where purchased_at < getvariable('stop')
),
drawn as (
  select
    e.*, (e.member * 1000 + e.seq)::ubigint as purchase, m.member_id, m.spend_scale, m.country,
    case m.country when 'CH' then 'CHF' when 'GB' then 'GBP' when 'US' then 'USD' else 'EUR' end as currency
  from every e
  join members m using (member)
)
select
  d.purchase, d.member, d.member_id, d.campaign, d.seq, d.purchased_at, d.currency,
  'O' || lpad(d.purchase::varchar, 10, '0') as order_id,
  greatest(round(gamma_6('amount', d.purchase) / d.spend_scale / coalesce(r.rate, 1)::double, 2), 0.01)::decimal(18, 2) as amount,
  coalesce(r.rate, 1) as rate,
  1 + floor(pow(uniform('legs', d.purchase), 1.5) * 4)::integer as legs,
  pick(['web', 'web', 'web', 'web', 'app', 'app', 'app', 'phone', 'agency'], uniform('channel', d.purchase)) as channel,
  pick(['economy', 'economy', 'economy', 'economy', 'economy', 'economy', 'premium', 'business'],
    uniform('cabin', d.purchase)) as cabin
from drawn d
left join rates r on r.currency = d.currency and r.date = (d.purchased_at + local_offset(d.purchased_at))::date;

create table refunds as
select
  purchase, member, member_id, order_id, currency, rate,
  purchased_at + to_seconds(floor(3600 + uniform('refunded after', purchase) * 30 * 86400)::bigint) as refunded_at,
  (case when uniform('refund', purchase) < 0.02 then amount else round(amount / 2, 2) end)::decimal(18, 2) as amount
from purchases
where uniform('refund', purchase) < 0.035
  and purchased_at + to_seconds(floor(3600 + uniform('refunded after', purchase) * 30 * 86400)::bigint) < getvariable('stop');
