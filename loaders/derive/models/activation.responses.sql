/* ---
name: activation.responses
description: >-
  What came back from the mails, one row per event, matched to its send and judged: made by a machine, before its send,
  without a send. Nothing is dropped; what a figure leaves out is said by a column here.
grain: one row per e-mail event
key: [source, event_id]
columns:
  source: The event's source
  event_id: The event
  campaign_id: The campaign; (none) where neither a send nor the event says
  profile_id: The person mailed; of an orphan the event's own
  send_id: The send it belongs to; null for an orphan
  response: delivered, opened, clicked, bounced, unsubscribed or complained
  event_time: When (UTC)
  event_date: Its date in the workspace's zone
  seconds_since_send: {description: "Time since the mail went out", unit: seconds}
  hour_since_send: {description: "Full hours since the mail went out; 72 stands for all later ones", unit: hours}
  is_hard_bounce: Of bounces, whether it was final; where the type is not given it counts as final
  is_orphan: No send was found for it
  is_before_send: More than five minutes before its send; kept, not counted
  is_machine: Opened or clicked by a machine, as far as one can tell
  reason: "Why it counts as a machine's: provider, user_agent, honeypot, fast, burst"
  is_repeat: The same response within 30 seconds of the one before
  is_first: The send's first such response that counts
  is_first_human: The send's first such response by a person
tests:
  - not_null: [campaign_id, response, event_time, event_date, is_orphan, is_before_send, is_machine, is_repeat]
  - accepted_values: {column: response, values: [delivered, opened, clicked, bounced, unsubscribed, complained]}
  - accepted_values: {column: reason, values: [provider, user_agent, honeypot, fast, burst]}
  - expression: is_machine = (reason is not null)
--- */
with campaign_ids as (
  select campaign_id, unnest(ids) as given_id from activation.campaigns
),
events as (
  select
    events.source,
    events.event_id,
    events.event_type[7:] as response,
    events.event_time,
    events.event_date,
    events.profile_id,
    nullif(events.send_id, '') as send_id,
    campaign_ids.campaign_id,
    try_cast(
      struct_insert(events.properties, tenfold_ := 0)
      as struct(tenfold_ integer, is_machine boolean, user_agent varchar, link varchar, bounce_type varchar)
    ) as given
  from core.events as events
  left join campaign_ids on campaign_ids.given_id = events.campaign_id
  where events.event_type in (
      'email.delivered', 'email.opened', 'email.clicked', 'email.bounced', 'email.unsubscribed', 'email.complained'
    )
    -- A range is looked up before any other column is read, a long list after.
    and events.event_type like 'email.%'
    and events.event_time < $as_of::timestamp
),
event_send_ids as (
  -- Every send_id that names one send: a campaign may mail a person more than once.
  select nullif(events.send_id, '') as given_send_id, min(campaign_ids.campaign_id) as campaign_id,
    min(events.profile_id) as profile_id
  from core.events as events
  join campaign_ids on campaign_ids.given_id = events.campaign_id
  where events.event_type in ('campaign.assigned', 'email.sent', 'email.delivered')
    and events.campaign_id is not null
    and events.event_time < $as_of::timestamp
    and events.profile_id is not null
    and nullif(events.send_id, '') is not null
  group by 1
  having min(campaign_ids.campaign_id) = max(campaign_ids.campaign_id) and min(events.profile_id) = max(events.profile_id)
),
send_ids as (
  -- What was sent from here is known by its record, whoever the answer comes from: the person may be erased since.
  select send_id as given_send_id, campaign_id, profile_id from activation.assignments
  union all
  from event_send_ids where given_send_id not in (select send_id from activation.assignments)
),
matched as (
  select
    events.source,
    events.event_id,
    events.response,
    events.event_time,
    events.event_date,
    events.given,
    coalesce(sends.campaign_id, events.campaign_id, '(none)') as campaign_id,
    coalesce(sends.profile_id, events.profile_id) as profile_id,
    sends.send_id,
    sends.send_id is null as is_orphan,
    coalesce(sends.sent_at, sends.assigned_at) as sent_at
  from events
  left join send_ids on send_ids.given_send_id = events.send_id
  left join activation.sends as sends
    on sends.campaign_id = coalesce(send_ids.campaign_id, events.campaign_id)
    and sends.profile_id = coalesce(send_ids.profile_id, events.profile_id)
),
delivered as (
  select campaign_id, profile_id, min(event_time) as delivered_at
  from matched
  where response = 'delivered' and not is_orphan
  group by campaign_id, profile_id
),
clocks as (
  -- Times that are only known to the minute or the day cannot say what was fast.
  select campaign_id, bool_or(second(event_time) <> 0) as has_seconds
  from matched
  where response in ('opened', 'clicked')
  group by campaign_id
),
placed as (
  select
    matched.*,
    delivered.delivered_at,
    coalesce(clocks.has_seconds, false) as has_seconds,
    matched.event_time < matched.sent_at - interval 5 minutes as is_early,
    count(distinct matched.given.link) filter (matched.response = 'clicked') over (
      partition by matched.campaign_id, matched.profile_id, matched.response
      order by matched.event_time
      range between current row and interval 10 seconds following
    ) >= 3 as begins_burst,
    -- Who follows a link that nobody sees follows all near it: the whole burst goes, ten seconds either way.
    coalesce(bool_or(contains(lower(matched.given.link), lower(campaigns.honeypot)))
      filter (matched.response = 'clicked') over (
        partition by matched.campaign_id, matched.profile_id
        order by matched.event_time
        range between interval 10 seconds preceding and interval 10 seconds following
      ), false) as is_near_honeypot,
    lag(matched.event_time) over (
      partition by matched.campaign_id, matched.profile_id, matched.response, matched.given.link
      order by matched.event_time, matched.event_id
    ) as previous_time
  from matched
  left join delivered
    on delivered.campaign_id = matched.campaign_id and delivered.profile_id = matched.profile_id
  left join clocks on clocks.campaign_id = matched.campaign_id
  left join activation.campaigns as campaigns on campaigns.campaign_id = matched.campaign_id
),
judged as (
  select
    *,
    case
      when response not in ('opened', 'clicked') then null
      when given.is_machine then 'provider'
      -- A bare Mozilla/5.0 is Apple's Mail Privacy Protection; the rest are link scanners, previews and scripts.
      when given.user_agent = 'Mozilla/5.0' or regexp_matches(
        lower(given.user_agent),
        'bot\b|crawl|spider|scan|preview|prefetch|monitor|barracuda|proofpoint|mimecast|symantec|fireeye|trendmicro|'
        || 'safelinks|messagelabs|ironport|headless|phantomjs|curl/|wget/|python-|go-http-client|java/|libwww|okhttp|'
        || 'node-fetch|axios/|facebookexternalhit|slackbot|whatsapp|yahoomailproxy|feedfetcher'
      ) then 'user_agent'
      when is_near_honeypot then 'honeypot'
      when has_seconds and event_time between delivered_at and delivered_at + interval 2 seconds then 'fast'
      when response = 'clicked' and bool_or(begins_burst) over (
        partition by campaign_id, profile_id, response
        order by event_time
        range between interval 10 seconds preceding and current row
      ) then 'burst'
    end as reason,
    coalesce(previous_time >= event_time - interval 30 seconds, false) and response in ('opened', 'clicked')
      as is_repeat
  from placed
)
select
  source,
  event_id,
  campaign_id,
  profile_id,
  send_id,
  response,
  event_time,
  event_date,
  (epoch(event_time) - epoch(sent_at))::bigint as seconds_since_send,
  case when sent_at is not null then least(72, greatest(0, date_sub('hour', sent_at, event_time))) end::integer
    as hour_since_send,
  response = 'bounced' and coalesce(lower(given.bounce_type), 'hard') <> 'soft' as is_hard_bounce,
  is_orphan,
  coalesce(is_early, false) as is_before_send,
  reason is not null as is_machine,
  reason,
  is_repeat,
  not is_orphan and not is_early and row_number() over (
    partition by campaign_id, profile_id, response, is_orphan, is_early
    order by event_time, event_id, source
  ) = 1 as is_first,
  not is_orphan and not is_early and reason is null and row_number() over (
    partition by campaign_id, profile_id, response, is_orphan, is_early, reason is null
    order by event_time, event_id, source
  ) = 1 as is_first_human
from judged
