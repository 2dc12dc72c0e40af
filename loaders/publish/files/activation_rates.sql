/* ---
name: activation_rates
description: What each audience did by itself, as each campaign counts it.
columns:
  audience_id: the audience
  campaign_id: the campaign; empty is a new one
  events: what counts, comma between
  window_days: days before as-of
  profiles: members
  converted: of those, who converted
  spent: of those, who spent or got back money
  mean: money per head, those who spent nothing included
  deviation: its standard deviation
people: [profiles, converted, spent]
groups: [audience_id]
--- */
select audience_id, campaign_id, events, window_days, profiles, converted, spent, mean, deviation
from activation.audience_rates
order by audience_id, campaign_id, window_days
