/* ---
name: audience_decile_mix
description: Which deciles audiences were made of, day by day.
columns:
  audience_id: the audience
  date: the day described
  bucket: the decile; null for inactive
  profiles: how many
  value: their sum of the metric
people: profiles
groups: [bucket]
--- */
select audience_id, date, bucket, profiles, value
from derived.audience_decile_mix
order by audience_id, date, bucket nulls last
