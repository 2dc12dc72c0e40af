/* ---
name: activation_destinations
description: Where audiences are sent to, and when something was last sent there. No address and no secret.
columns:
  destination_id: the file's name
  name: what pages call it
  description: what it is
  kind: folder, sftp, s3, smtp, eloqua, mailchimp, sendgrid, hubspot, klaviyo or webhook
  mode: incremental or full
  is_updating: whether people are sent again when a field has changed
  fields: what leaves, by the destination's names, comma between
  has_consent: whether only people who consent are sent
  cap_sends: the most campaign sends to a person within cap_days
  cap_days: the time that cap_sends is for
  quiet_days: days on which nothing is sent, comma between
  deliveries: how many there were
  last_at: when the last began (UTC)
  last_status: how it ended
  last_done_at: when the last began that ended well (UTC)
people: none
--- */
with sent as (
  select
    destination_id,
    count(*) as deliveries,
    max(began_at) as last_at,
    arg_max(status, began_at) as last_status,
    max(began_at) filter (status = 'done') as last_done_at
  from activation.deliveries
  group by destination_id
)
select
  destination_id, name, description, kind, mode, is_updating, fields, has_consent, cap_sends, cap_days, quiet_days,
  coalesce(deliveries, 0) as deliveries, last_at, last_status, last_done_at
from activation.destinations
left join sent using (destination_id)
order by name, destination_id
