-- What came back from a mailing. `mail` numbers one message to one member; a slot numbers its events.
create table mails as
select
  (a.member * 10 + a.position)::ubigint as mail, a.campaign, a.position, a.member, m.member_id, a.audience, a.arm,
  a.send_id, a.sent_at, a.mailed_at, a.bounce, m.mail_client, m.has_scanner,
  a.mailed_at + to_seconds(1 + floor(uniform('delivered', a.member * 10 + a.position) * 20)::bigint) as delivered_at,
  case a.audience when 'frequent' then 0.42 when 'occasional' then 0.3 else 0.18 end as open_rate,
  case m.mail_client
    when 'gmail' then 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
    when 'apple' then 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)'
    when 'outlook' then 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)'
    else 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0'
  end as user_agent
from assignments a
join members m using (member)
where a.arm <> 'holdout';

create table human_opens as
select
  *,
  delivered_at + to_seconds(30 + floor(exponential('opened after', mail) * 8 * 3600)::bigint) as opened_at,
  1 + floor(exponential('opened again', mail) * 0.6)::bigint as count_opens,
  uniform('click', mail) < 0.22 as has_clicked
from mails
where bounce is null and uniform('open', mail) < open_rate;

create table mail_events as
select mail, 0 as slot, 'processed' as event, mailed_at as happened_at, null as user_agent, false as machine, null as link from mails
union all
select mail, 1, case when bounce is null then 'delivered' else 'bounce' end, delivered_at, null, false, null from mails
union all
-- Apple's privacy proxy fetches the pixel by itself; the provider flags most of these.
select
  mail, 2, 'open', delivered_at + to_seconds(5 + floor(uniform('prefetched after', mail) * 900)::bigint), 'Mozilla/5.0',
  uniform('flagged', mail) < 0.8, null
from mails
where bounce is null and mail_client = 'apple' and uniform('prefetched', mail) < 0.75
union all
select
  mail, 2 + n, 'open', opened_at + to_seconds(floor((n - 1) * 5400 * uniform('open ' || n, mail))::bigint), user_agent,
  false, null
from human_opens
cross join (select unnest([1, 2, 3]) as n)
where n <= count_opens
union all
select
  mail, 5 + n, 'click', opened_at + to_seconds((n - 1) * 40 + 8 + floor(uniform('click ' || n, mail) * 30)::bigint),
  user_agent, false, pick(['/offer', '/offer', '/miles', '/unsubscribe-help'], uniform('link ' || n, mail))
from human_opens
cross join (select unnest([1, 2]) as n)
where has_clicked and (n = 1 or uniform('clicks', mail) < 0.25)
union all
-- A company's gateway follows every link within seconds of delivery, the hidden one too.
select
  mail, 8 + n, if(n = 1, 'open', 'click'), delivered_at + to_seconds(n),
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36', false,
  [null, '/offer', '/miles', '/help', '/imprint', '/hidden'][n]
from mails
cross join (select unnest([1, 2, 3, 4, 5, 6]) as n)
where bounce is null and has_scanner
union all
select mail, 15, 'unsubscribe', delivered_at + to_seconds(60 + floor(exponential('unsubscribed after', mail) * 86400)::bigint),
  null, false, null
from mails
where bounce is null and uniform('unsubscribe', mail) < 0.004
union all
select mail, 16, 'spamreport', delivered_at + to_seconds(60 + floor(exponential('complained after', mail) * 43200)::bigint),
  null, false, null
from mails
where bounce is null and uniform('complaint', mail) < 0.0008;

delete from mail_events where happened_at >= getvariable('stop');
