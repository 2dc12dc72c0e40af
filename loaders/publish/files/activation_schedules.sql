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
people: none
--- */
select destination_id, position, audience_id, campaign_id, schedule, until, catch_up
from activation.schedules
order by destination_id, position
