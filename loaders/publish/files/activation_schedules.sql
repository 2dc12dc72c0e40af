/* ---
name: activation_schedules
description: Which audience is sent where by itself, and when.
columns:
  destination_id: the destination
  position: its place in the definition
  audience_id: the audience
  campaign_id: the campaign, if any
  schedule: cron, in the workspace's zone
  until: the last day on which it runs
  catch_up: after missed runs, once or skip
  last_for: the latest time that it was run for; of times on end with nothing to send, or that failed alike, the first (UTC)
  last_status: "what came of that: done, nothing, partial or failed"
  last_reason: why it failed, if it did
people: none
--- */
with last as (
  select destination_id, audience_id, coalesce(campaign_id, '') as campaign, max(scheduled_for) as last_for,
    arg_max(status, (scheduled_for, status <> 'failed')) as last_status,
    arg_max(coalesce(reason, ''), (scheduled_for, status <> 'failed')) as last_reason
  from activation.attempts
  group by all
)
select schedules.destination_id, position, schedules.audience_id, campaign_id, schedule, until, catch_up, last_for,
  last_status, nullif(last_reason, '') as last_reason
from activation.schedules as schedules
left join last
  on last.destination_id = schedules.destination_id and last.audience_id = schedules.audience_id
  and last.campaign = coalesce(schedules.campaign_id, '')
order by schedules.destination_id, position
