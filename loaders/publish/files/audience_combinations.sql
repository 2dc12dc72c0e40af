/* ---
name: audience_combinations
description: Members of audiences by the combination of others they are in, too.
columns:
  audience_id: the audience
  others: the others, comma between; empty for none
  degree: how many others
  profiles: how many members
  value: their sum of the metric
people: profiles
groups: [others]
--- */
select audience_id, others, degree, profiles, value
from derived.audience_combinations
order by audience_id, profiles desc, others
