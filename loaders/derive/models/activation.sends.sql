/* ---
name: activation.sends
description: >-
  Who was to get which campaign, held-out people included: from the ledger of what was sent from here, and from
  campaign.assigned (arm, audience), email.sent and email.delivered events.
grain: one row per campaign and person
key: [campaign_id, profile_id]
columns:
  send_id: The first email.sent event's send_id; else the delivery's, else the assignment's; else made of campaign and person
  campaign_id: The campaign
  arm: What they were assigned to
  is_holdout: Whether they were held out
  audience_id: The audience they were in; (none) where no event and no definition says
  audience_version: The audience's version at the send, where a delivery recorded it
  profile_id: The person
  assigned_at: When they were assigned; without such an event, when the mail went out (UTC)
  assigned_date: Its date in the workspace's zone
  sent_at: When the first mail went out (UTC), or was delivered where no sending is recorded; null for people held out or listed elsewhere
  sent_date: Its date in the workspace's zone
  bucket_at_send: Their decile before the send, by the campaign's ranked_by; null where they had none
  value_at_send: The value they were ranked by
tests:
  - not_null: [send_id, arm, is_holdout, audience_id, assigned_at, assigned_date]
  - expression: (sent_at is null) = (sent_date is null)
references:
  - {columns: [campaign_id], table: activation.campaigns, fields: [campaign_id]}
--- */
with campaign_ids as (
  select campaign_id, unnest(ids) as given_id from activation.campaigns
),
events as (
  select
    campaign_ids.campaign_id,
    events.profile_id,
    -- An assignment's word counts before a mail's; a delivery shows a mail whose sending is not recorded.
    case events.event_type when 'campaign.assigned' then 0 when 'email.sent' then 1 else 2 end as place,
    events.event_time,
    events.event_date,
    events.event_id,
    nullif(events.send_id, '') as send_id,
    -- A cast by name: properties that no source declares are null.
    try_cast(
      struct_insert(events.properties, tenfold_ := 0) as struct(tenfold_ integer, arm varchar, audience varchar)
    ) as given
  from core.events as events
  join campaign_ids on campaign_ids.given_id = events.campaign_id
  where events.event_type in ('campaign.assigned', 'email.sent', 'email.delivered')
    -- Said although the join says it: blocks of events without a campaign are not read.
    and events.campaign_id is not null
    and events.event_time < $as_of::timestamp
    and events.profile_id is not null
),
ledger as (
  -- What was assigned and mailed from here: the record counts before any event's word.
  select
    assignments.campaign_id,
    assignments.profile_id,
    assignments.arm,
    assignments.is_holdout,
    assignments.audience_id,
    assignments.audience_version,
    assignments.send_id,
    assignments.assigned_at,
    timezone($time_zone, timezone('UTC', assignments.assigned_at))::date as assigned_date,
    assignments.bucket,
    assignments.value,
    mails.sent_at,
    timezone($time_zone, timezone('UTC', mails.sent_at))::date as sent_date
  from activation.assignments as assignments
  left join (
    select send_id, min(noted_at) as sent_at from activation.delivery_rows
    where kind = 'smtp' and status = 'acknowledged' and action <> 'remove'
    group by send_id
  ) as mails on mails.send_id = assignments.send_id
  where assignments.assigned_at < $as_of::timestamp
),
seen as (
  select
    campaign_id,
    profile_id,
    arg_min(nullif(trim(given.arm), ''), (place, event_time, event_id))
      filter (nullif(trim(given.arm), '') is not null) as given_arm,
    arg_min(nullif(trim(given.audience), ''), (place, event_time, event_id))
      filter (nullif(trim(given.audience), '') is not null) as given_audience,
    arg_min(send_id, ((place + 2) % 3, event_time, event_id)) filter (send_id is not null) as given_send_id,
    arg_min(event_time, (place, event_time, event_id)) as assigned_at,
    arg_min(event_date, (place, event_time, event_id)) as assigned_date,
    arg_min(event_time, (place, event_time, event_id)) filter (place > 0) as sent_at,
    arg_min(event_date, (place, event_time, event_id)) filter (place > 0) as sent_date
  from events
  group by campaign_id, profile_id
),
people as (
  select
    coalesce(ledger.campaign_id, seen.campaign_id) as campaign_id,
    coalesce(ledger.profile_id, seen.profile_id) as profile_id,
    seen.given_arm,
    seen.given_audience,
    coalesce(ledger.send_id, seen.given_send_id) as given_send_id,
    coalesce(ledger.assigned_at, seen.assigned_at) as assigned_at,
    coalesce(ledger.assigned_date, seen.assigned_date) as assigned_date,
    coalesce(seen.sent_at, ledger.sent_at) as sent_at,
    coalesce(seen.sent_date, ledger.sent_date) as sent_date,
    ledger.arm as ledger_arm,
    ledger.is_holdout as ledger_holdout,
    ledger.audience_id as ledger_audience,
    ledger.audience_version,
    ledger.bucket as ledger_bucket,
    ledger.value as ledger_value
  from seen
  full join ledger on ledger.campaign_id = seen.campaign_id and ledger.profile_id = seen.profile_id
),
arms as (
  select campaign_id, unnest(arms, recursive := true) from activation.campaigns
),
spellings as (
  select campaign_id, arm as given_arm, arm, is_holdout, 0 as place from arms
  union all
  select campaign_id, label, arm, is_holdout, 1 from arms
  union all
  select campaign_id, regexp_replace(lower(arm), '[^a-z0-9]+', '-', 'g'), arm, is_holdout, 2 from arms
),
known_arms as (
  select distinct on (campaign_id, given_arm) campaign_id, given_arm, arm, is_holdout
  from spellings
  order by campaign_id, given_arm, place, arm
),
only_arms as (
  select campaign_id, min(arm) as arm
  from arms
  where not is_holdout
  group by campaign_id
  having count(*) = 1
),
assigned as (
  select
    people.*,
    coalesce(people.ledger_arm, exact.arm, spelt.arm, people.given_arm, only_arms.arm, 'mailed') as arm,
    coalesce(
      people.ledger_holdout,
      exact.is_holdout,
      spelt.is_holdout,
      lower(people.given_arm) in ('holdout', 'control'),
      false
    ) as is_holdout
  from people
  left join known_arms as exact
    on exact.campaign_id = people.campaign_id and exact.given_arm = people.given_arm
  left join known_arms as spelt
    on spelt.campaign_id = people.campaign_id
    and spelt.given_arm = trim(regexp_replace(lower(people.given_arm), '[^a-z0-9]+', '-', 'g'), '-')
  left join only_arms on only_arms.campaign_id = people.campaign_id
),
timed as (
  -- The same instant for held-out people as for those mailed: when the campaign went out, or they were assigned later.
  select
    assigned.campaign_id,
    assigned.profile_id,
    greatest(
      assigned.assigned_at,
      coalesce(campaigns.sent_at, min(assigned.sent_at) over (partition by assigned.campaign_id), assigned.assigned_at)
    ) as ranked_at
  from assigned
  join activation.campaigns as campaigns on campaigns.campaign_id = assigned.campaign_id
),
ranked as (
  -- A stay begins at an as-of instant and describes what happened before it.
  select timed.campaign_id, timed.profile_id, history.bucket, history.value
  from timed
  join activation.campaigns as campaigns on campaigns.campaign_id = timed.campaign_id
  join derived.decile_history as history
    on history.profile_id = timed.profile_id
    and history.metric = campaigns.ranked_metric
    and history.lookback = campaigns.ranked_lookback
    and history.category = campaigns.ranked_category
    and history.valid_from <= timed.ranked_at
    and coalesce(history.valid_to, 'infinity'::timestamp) > timed.ranked_at
)
select
  coalesce(assigned.given_send_id, 'made-' || md5(assigned.campaign_id || chr(31) || assigned.profile_id)) as send_id,
  assigned.campaign_id,
  assigned.arm,
  assigned.is_holdout,
  coalesce(assigned.ledger_audience, assigned.given_audience, campaigns.audience_id, '(none)') as audience_id,
  assigned.audience_version::varchar as audience_version,
  assigned.profile_id,
  assigned.assigned_at,
  assigned.assigned_date,
  assigned.sent_at,
  assigned.sent_date,
  coalesce(assigned.ledger_bucket, ranked.bucket)::integer as bucket_at_send,
  coalesce(assigned.ledger_value::decimal(18, 4), ranked.value) as value_at_send
from assigned
join activation.campaigns as campaigns on campaigns.campaign_id = assigned.campaign_id
left join ranked
  on ranked.campaign_id = assigned.campaign_id and ranked.profile_id = assigned.profile_id
