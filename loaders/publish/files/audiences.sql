/* ---
name: audiences
description: Saved audiences, counted exactly over all profiles.
columns:
  audience_id: the file's name
  name: as given
  description: as given
  sentence: the rule read aloud
  rule: the rule as JSON
  profiles: how many are in
  share: of all profiles
  value: their sum of the metric
  share_value: of everybody's
  metric: what value is of
  lookback: over which window
  base_profiles: all profiles
  base_value: of all profiles
people: profiles
--- */
select
  audience_id,
  name,
  description,
  sentence,
  rule,
  profiles,
  share,
  value,
  share_value,
  metric,
  lookback,
  base_profiles,
  base_value
from derived.audience_counts
order by profiles desc, audience_id
