/* ---
name: audience_overlaps
description: How many members audiences have in common.
columns:
  audience_id: one audience
  other_id: another
  profiles: members of the one
  other_profiles: members of the other
  both_profiles: members of both
  jaccard: both, of those in either
people: [profiles, other_profiles, both_profiles]
groups: []
--- */
select audience_id, other_id, profiles, other_profiles, both_profiles, jaccard
from derived.audience_overlaps
order by audience_id, both_profiles desc, other_id
