-- Members, and what decides their behaviour: purchases come at rate `purchase_rate` a week while the member is alive, for
-- `lifetime` weeks: Pareto/NBD (Schmittlein, Morrison & Colombo 1987); spend per purchase is Gamma-Gamma (Fader & Hardie
-- 2013) with `spend_scale` the member's own scale.
create table members as
with drawn as (
  select
    i::ubigint as member,
    getvariable('start') + to_seconds(floor(uniform('joined', i) * datediff('second', getvariable('start'), getvariable('stop')))::bigint) as joined_at,
    (exponential('rate', i) + gamma_half('rate', i)) / getvariable('alpha') as purchase_rate,
    gamma_half('drop-out', i) / getvariable('beta') as drop_out_rate,
    gamma_4('spend', i) / getvariable('v') as spend_scale,
    pick(['DE', 'DE', 'DE', 'DE', 'DE', 'DE', 'AT', 'AT', 'CH', 'CH', 'GB', 'US'], uniform('country', i)) as country,
    pick(['Ada', 'Björn', 'Chloé', 'Dmitri', 'Esra', 'Femi', 'Grace', 'Hugo', 'Ines', 'Jürgen', 'Käthe', 'Luca', 'Mei',
      'Nils', 'Oumar', 'Petra', 'Quentin', 'Rosa', 'Søren', 'Tomás', 'Uta', 'Vera', 'Wim', 'Yara'],
      uniform('first name', i)) as first_name,
    pick(['Example', 'Sample', 'Placeholder', 'Muster', 'Mustermann', 'Exemple', 'Esempio', 'Ejemplo', 'Voorbeeld',
      'Specimen'], uniform('last name', i)) as last_name,
    1946 + floor(uniform('born', i) * 60)::integer as birth_year,
    pick(['FRA', 'FRA', 'FRA', 'MUC', 'MUC', 'BER', 'VIE', 'ZRH'], uniform('home', i)) as home_airport,
    pick(['apple', 'apple', 'apple', 'gmail', 'gmail', 'gmail', 'outlook', 'outlook', 'other'],
      uniform('client', i)) as mail_client,
    uniform('gateway', i) < 0.015 as has_scanner,
    uniform('consent', i) < 0.92 as has_consent
  from range(1, getvariable('customers') + 1) as t(i)
)
select
  *,
  'M' || lpad(member::varchar, 7, '0') as member_id,
  least(exponential('lifetime', member) / drop_out_rate, 1e4) as lifetime,
  joined_at + to_seconds((lifetime * 604800)::bigint) as lapsed_at
from drawn;

-- Daily rates: how many of the workspace's currency one unit of another buys.
create table rates as
select
  currency,
  day::date as date,
  round(base * (1 + 0.04 * sin(datediff('day', getvariable('start')::date, day::date) / 180.0 + phase)), 4)::decimal(18, 4) as rate
from (values ('CHF', 1.04, 0.0), ('GBP', 1.17, 1.0), ('USD', 0.92, 2.0)) as c(currency, base, phase)
cross join range(getvariable('start') - interval 7 days, getvariable('stop') + interval 2 days, interval 1 day) as d(day);
