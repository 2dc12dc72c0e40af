-- Every source's files, line by line: (file, happened_at, id, copy, dirt, line). `dirt` is the code
-- that ingestion refuses the line with (two_reasons: wrong_type and not_in_values). A copy above 0 repeats a clean line, in its own file or in the next.
create macro dirt(source, id, kinds) as
  case when uniform('dirt ' || source, id) < 0.005 then kinds[1 + floor(uniform('dirt ' || source, id) / 0.005 * len(kinds))::integer] end;

create macro is_repeated(source, id) as uniform('repeated ' || source, id) < 0.003;

create macro is_late(source, id) as uniform('late ' || source, id) < 0.01;

create macro local(t) as t + local_offset(t);

create macro iso_utc(t) as strftime(t, '%Y-%m-%dT%H:%M:%SZ');

create macro quarter_of(t) as strftime(least(t, getvariable('stop') - interval 1 day), '%Y') || '-q' || quarter(least(t, getvariable('stop') - interval 1 day));

create macro year_of(t) as strftime(least(t, getvariable('stop') - interval 1 day), '%Y');

create table copies as from (values (0), (1)) as t(copy);

create table member_lines as
with stated as (
  select
    t.member, t.since, t.tier, m.member_id, m.first_name, m.last_name, m.birth_year, m.country, m.home_airport, m.has_consent,
    (t.member * 64 + row_number() over (partition by t.member order by t.since))::ubigint as id
  from tiers t
  join members m using (member)
),
marked as (
  select *, dirt('members', id, ['bad_encoding', 'required_missing', 'not_in_values', 'pattern_mismatch', 'wrong_type']) as dirt from stated
)
select
  'members/members-' || year_of(local(since)) || '.csv' as file, since as happened_at, id, copy, dirt,
  concat_ws(',',
    case dirt when 'required_missing' then '' else member_id end,
    'member' || member || case dirt when 'pattern_mismatch' then '' else '@' end || 'example.com',
    first_name || ' ' || last_name || case dirt when 'bad_encoding' then chr(57344) else '' end,
    '"' || (1 + member % 98) || ' Sample Street'
      || case when uniform('address', member) < 0.02 then chr(10) else ', ' end || pick(['Exampleton', 'Musterstadt'], uniform('city', member)) || '"',
    case dirt when 'wrong_type' then 'about ' || birth_year else birth_year::varchar end,
    country, home_airport, if(has_consent, 'yes', 'no'),
    case dirt when 'not_in_values' then 'Sliver' else tier end,
    iso_utc(since)
  ) as line
from marked
join copies on copy = 0 or (dirt is null and is_repeated('members', id))
order by file, happened_at, id, copy;

create table purchase_lines as
with marked as (
  select
    *,
    dirt('purchases', purchase, ['wrong_type', 'impossible_date', 'required_missing', 'out_of_range', 'not_in_values', 'too_many_fields',
      'too_few_fields', 'foreign_currency', 'event_in_future', 'two_reasons']) as dirt,
    local(purchased_at) as at_local
  from purchases
)
select
  'purchases/purchases-' || quarter_of(
    at_local + case when copy = 1 and uniform('repeated late', purchase) < 0.5 or is_late('purchases', purchase)
      then interval 3 months else interval 0 months end
  ) || '.csv' as file,
  purchased_at as happened_at, purchase as id, copy, dirt,
  concat_ws(',',
    order_id,
    case dirt when 'required_missing' then '' else member_id end,
    case dirt
      when 'impossible_date' then strftime(at_local, '%Y-02-30 %H:%M:%S')
      when 'event_in_future' then strftime(at_local + interval 40 years, '%Y-%m-%d %H:%M:%S')
      else strftime(at_local, '%Y-%m-%d %H:%M:%S')
    end,
    case dirt when 'wrong_type' then 'n/a' when 'two_reasons' then 'n/a' when 'out_of_range' then '-' || amount else amount::varchar end,
    case dirt when 'foreign_currency' then 'JPY' when 'event_in_future' then 'EUR' else currency end,
    case dirt when 'not_in_values' then 'wbe' when 'two_reasons' then 'wbe' else channel end,
    case dirt when 'too_few_fields' then cabin else cabin || ',' || legs end
      || case dirt when 'too_many_fields' then ',,see remark' else '' end
  ) as line
from marked
join copies on copy = 0 or (dirt is null and is_repeated('purchases', purchase))
order by file, happened_at, id, copy;

create table refund_lines as
with marked as (
  select *, dirt('refunds', purchase, ['wrong_type', 'impossible_date']) as dirt, local(refunded_at) as at_local from refunds
)
select
  'refunds/Erstattungen-' || year_of(at_local) || '.csv' as file, refunded_at as happened_at, purchase as id, copy, dirt,
  concat_ws(';',
    order_id, member_id,
    case dirt when 'impossible_date' then strftime(at_local, '31.02.%Y %H:%M') else strftime(at_local, '%d.%m.%Y %H:%M') end,
    case dirt when 'wrong_type' then 'zwölf' else replace(amount::varchar, '.', ',') end,
    currency,
    pick(['Flug ausgefallen', 'Rücktritt', 'Verspätung'], uniform('reason', purchase))
  ) as line
from marked
join copies on copy = 0 or (dirt is null and is_repeated('refunds', purchase))
order by file, happened_at, id, copy;

create table redemption_lines as
with marked as (
  select *, dirt('redemptions', purchase, ['wrong_type', 'required_missing', 'out_of_range']) as dirt from redemptions
)
select
  'redemptions/redemptions-' || year_of(local(redeemed_at)) || '.tsv' as file, redeemed_at as happened_at, purchase as id, 0 as copy, dirt,
  concat_ws(chr(9),
    case dirt when 'required_missing' then '' else member_id end,
    epoch_ms(redeemed_at),
    case dirt when 'wrong_type' then miles || ' miles' when 'out_of_range' then '0' else miles::varchar end,
    award
  ) as line
from marked
order by file, happened_at, id, copy;

create table visit_lines as
with marked as (
  select
    *,
    dirt('web', visit, ['not_json', 'required_missing', 'impossible_date', 'event_in_future', 'wrong_type', 'identity_junk']) as dirt,
    viewed_at + case when is_late('web', visit) then to_hours(30 + (visit % 900)::integer) else to_seconds(2 + (visit % 7)::integer) end
      as received
  from visits
)
select
  'web/web-' || quarter_of(local(received)) || '.ndjson.gz' as file, received as happened_at, visit as id, copy, dirt,
  '{"id":"v' || visit || '"'
    || case dirt
        when 'required_missing' then ''
        when 'identity_junk' then ',"member":"unknown"'
        else ',"member":"' || member_id || '"'
      end
    || ',"at":"' || case dirt
        when 'impossible_date' then strftime(viewed_at, '%Y-13-%dT%H:%M:%SZ')
        when 'event_in_future' then iso_utc(viewed_at + interval 40 years)
        else iso_utc(viewed_at)
      end
    || '","received_at":"' || iso_utc(received + to_minutes(copy))
    || '","page":"' || page || if(copy = 1, '?retry', '') || '","seconds":'
    || case dirt when 'wrong_type' then '"long"' else (5 + visit % 300)::varchar end
    || case dirt when 'not_json' then '' else '}' end as line
from marked
join copies on copy = 0 or (dirt is null and is_repeated('web', visit))
order by file, happened_at, id, copy;

create table posting_rows as
with marked as (
  select *, dirt('miles', posting, ['required_missing', 'out_of_range', 'not_in_values']) as dirt from postings
)
select
  'miles/miles-' || year_of(flown_on) || '.parquet' as file, flown_on as happened_at, posting as id, copy, dirt,
  posting as posting_id,
  case dirt when 'required_missing' then null else member_id end as member,
  flight_id as flight, route, flown_on,
  case dirt when 'not_in_values' then 'BONUS' else kind end as kind,
  case dirt when 'out_of_range' then -miles else miles end as miles
from marked
join copies on copy = 0 or (dirt is null and is_repeated('miles', posting))
order by file, happened_at, id, copy;

create table mail_lines as
with marked as (
  select
    e.*, m.campaign, m.send_id, m.member_id, m.arm, m.audience, m.bounce, (e.mail * 32 + e.slot)::ubigint as id,
    dirt('mail', e.mail * 32 + e.slot, ['required_missing', 'not_in_values', 'wrong_type', 'not_json']) as dirt
  from mail_events e
  join mails m using (mail)
)
select
  'mail/' || campaign || '.ndjson' as file, happened_at, id, copy, dirt,
  '{"sg_event_id":"e' || id || '","event":"' || case dirt when 'not_in_values' then 'opne' else event end
    || '","timestamp":' || case dirt when 'wrong_type' then '"yesterday"' else floor(epoch(happened_at))::bigint::varchar end
    || ',"campaign":"' || campaign || '","send_id":"' || send_id || '"'
    || case dirt when 'required_missing' then '' else ',"member":"' || member_id || '"' end
    || case when slot = 0 then ',"arm":"' || arm || '","audience":"' || audience || '"' else '' end
    || case when user_agent is null then '' else ',"useragent":"' || user_agent || '"' end
    || case when machine then ',"machine_open":true' else '' end
    || case when link is null then '' else ',"url":"' || link || '"' end
    || case when event = 'bounce' then ',"bounce":"' || bounce || '"' else '' end
    || case dirt when 'not_json' then ',"ip":' else '}' end as line
from marked
join copies on copy = 0 or (dirt is null and is_repeated('mail', id))
order by file, happened_at, id, copy;

create table assignment_lines as
select
  'assignments/' || campaign || '.json' as file, sent_at - interval 1 hour as happened_at, (member * 10 + position)::ubigint as id, 0 as copy,
  null::varchar as dirt,
  if(row_number() over (partition by campaign order by member) = 1, '[', ',')
    || '{"campaign":"' || campaign || '","member":"M' || lpad(member::varchar, 7, '0') || '","audience":"' || audience
    || '","arm":"' || arm || '","assigned_at":"' || strftime(local(sent_at - interval 1 hour), '%Y-%m-%dT%H:%M:%S')
    || (case when local_offset(sent_at) = interval 2 hours then '+02:00' else '+01:00' end) || '"}'
    || if(row_number() over (partition by campaign order by member desc) = 1, ']', '') as line
from assignments
order by file, happened_at, id, copy;
