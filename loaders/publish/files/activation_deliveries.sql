/* ---
name: activation_deliveries
description: Every sending of an audience to a destination; its counts are in activation_outcomes.
columns:
  delivery_id: the delivery
  destination_id: the destination
  kind: its kind
  audience_id: the audience
  audience_version: of the audience's definition
  campaign_id: the campaign, if any
  arm: the arm that it was limited to, if any
  mode: incremental or full
  as_of: the instant that it describes (UTC)
  scheduled_for: when its schedule wanted it (UTC); null where somebody sent it
  began_at: when it began (UTC)
  ended_at: when it ended (UTC)
  status: running, done, partial, failed or interrupted
  members: members of the audience then
people: members
groups: [delivery_id]
--- */
select
  delivery_id, destination_id, kind, audience_id, audience_version, campaign_id, arm, mode, as_of, scheduled_for,
  began_at, ended_at, status, members
from activation.deliveries
order by began_at desc, delivery_id
