/* ---
name: activation_standing
description: How each destination stands with each audience, by what was told it last of everybody.
columns:
  destination_id: the destination
  audience_id: the audience
  state: there, gone, refused, unsent or unknown
  profiles: how many
people: profiles
groups: [state]
--- */
select destination_id, audience_id, state, profiles
from activation.standing
-- The deliveries are what says that there is something new.
where exists (from activation.deliveries)
order by destination_id, audience_id, state
