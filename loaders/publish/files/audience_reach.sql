/* ---
name: audience_reach
description: How many members of audiences can be reached by which channel, and why the others cannot.
columns:
  audience_id: the audience; null for everybody
  channel: as in workspace.yaml
  reason: reachable, no_address, no_consent, stopped or bounced
  profiles: how many
people: profiles
groups: [reason]
--- */
select audience_id, channel, reason, profiles
from derived.audience_reach
order by audience_id nulls first, channel, profiles desc, reason
