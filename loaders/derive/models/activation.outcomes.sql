/* ---
name: activation.outcomes
description: What became of each mail, and the arm, audience and decile that its figures are counted under.
grain: one row per campaign and person
key: [campaign_id, profile_id]
columns:
  campaign_id: The campaign
  profile_id: The person
  arm: What they were assigned to
  is_holdout: Whether they were held out
  audience_id: The audience
  bucket: Decile at send; 0 where they had none
  assigned_date: When they were assigned (workspace's zone)
  sent_at: When the mail went out (UTC); null where none did
  sent_date: Its date (workspace's zone)
  is_delivered: >-
    Sent, and delivered after the last final bounce; where a campaign's deliveries are not recorded, sent and not bounced
  delivered_date: When, or when it was sent (workspace's zone)
  delivered_hour: {description: "Full hours from send to delivery, at most 72", unit: hours}
  is_bounced: Sent and not delivered, by a bounce
  is_hard_bounced: The bounce was final
  bounced_date: The last bounce (workspace's zone)
  bounced_hour: {description: "Full hours from send to the last bounce, at most 72", unit: hours}
tests:
  - expression: not (is_delivered and is_bounced)
  - expression: is_delivered = (delivered_date is not null)
references:
  - {columns: [campaign_id, profile_id], table: activation.sends, fields: [campaign_id, profile_id]}
--- */
with responses as (
  from activation.responses where not is_orphan and not is_before_send
),
recorded as (
  select distinct campaign_id from responses where response = 'delivered'
),
transport as (
  select
    campaign_id,
    profile_id,
    max(event_time) filter (response = 'delivered') as delivered_at,
    min(event_date) filter (response = 'delivered') as delivered_date,
    min(hour_since_send) filter (response = 'delivered') as delivered_hour,
    max(event_time) filter (response = 'bounced') as bounced_at,
    max(event_date) filter (response = 'bounced') as bounced_date,
    max(hour_since_send) filter (response = 'bounced') as bounced_hour,
    max(event_time) filter (is_hard_bounce) as hard_bounced_at,
    -- Who opens or clicks has got the mail, whatever the record of its delivery lost.
    bool_or(is_first_human and response in ('opened', 'clicked')) as has_answered
  from responses
  group by campaign_id, profile_id
),
judged as (
  select
    sends.*,
    transport.delivered_date,
    transport.delivered_hour,
    transport.bounced_date,
    transport.bounced_hour,
    transport.hard_bounced_at is not null as has_hard_bounce,
    sends.sent_at is not null and case
      when transport.delivered_at is not null
        then transport.hard_bounced_at is null or transport.hard_bounced_at <= transport.delivered_at
      when transport.has_answered then true
      when recorded.campaign_id is not null then false
      else transport.bounced_at is null
    end as is_delivered,
    transport.bounced_at is not null as has_bounce
  from activation.sends as sends
  left join transport
    on transport.campaign_id = sends.campaign_id and transport.profile_id = sends.profile_id
  left join recorded on recorded.campaign_id = sends.campaign_id
)
select
  campaign_id,
  profile_id,
  arm,
  is_holdout,
  audience_id,
  coalesce(bucket_at_send, 0)::integer as bucket,
  assigned_date,
  sent_at,
  sent_date,
  is_delivered,
  case when is_delivered then coalesce(delivered_date, sent_date) end as delivered_date,
  case when is_delivered then coalesce(delivered_hour, 0) end::integer as delivered_hour,
  sent_at is not null and not is_delivered and has_bounce as is_bounced,
  sent_at is not null and not is_delivered and has_hard_bounce as is_hard_bounced,
  bounced_date,
  bounced_hour
from judged
