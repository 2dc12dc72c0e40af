/* ---
name: audience_examples
description: Twenty members of each audience.
columns:
  audience_id: the audience
  place: 1 to 20
  profile_id: the member's surrogate
  arm: of a split
  entered_at: since when
  reason: why they entered
  category: what the profile is shown under
  decile: by the metric; null for inactive
  value: the metric
people: none
when: rows
--- */
select audience_id, place, profile_id, arm, entered_at, reason, category, decile, value
from derived.audience_examples
order by audience_id, place
