/* ---
name: activation_rates
description: How many of each audience converted by themselves, as each campaign counts it.
columns:
  audience_id: the audience
  campaign_id: the campaign; empty is a new one
  events: what counts, comma between
  window_days: days before as-of
  profiles: members
  converted: of those, who converted
people: [profiles, converted]
groups: [audience_id]
--- */
select audience_id, campaign_id, events, window_days, profiles, converted
from activation.audience_rates
order by audience_id, campaign_id, window_days
