/* ---
name: audience_splits
description: Saved audiences by category and by decile, beside everybody.
columns:
  audience_id: the file's name; null for everybody
  dimension: category or decile
  part: the category, or the bucket; null for inactive
  profiles: how many
  value: their sum of the metric
people: profiles
--- */
select audience_id, 'category' as dimension, category as part, sum(profiles)::bigint as profiles, sum(value)::double as value
from derived.audience_splits
group by audience_id, category
union all
select audience_id, 'decile', decile::varchar, sum(profiles)::bigint, sum(value)::double
from derived.audience_splits
group by audience_id, decile
order by audience_id nulls first, dimension, part nulls last
