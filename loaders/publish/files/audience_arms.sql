/* ---
name: audience_arms
description: The arms of audiences that are split.
columns:
  audience_id: the audience
  arm: the arm
  is_holdout: whether it is kept out
  profiles: how many
  value: their sum of the metric
people: profiles
groups: [arm]
--- */
select audience_id, arm, is_holdout, profiles, value
from derived.audience_arms
order by audience_id, arm
