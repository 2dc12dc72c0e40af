/* ---
name: audience_sizes
description: How large audiences were, day by day; who came in and who went out.
columns:
  audience_id: the audience
  date: the day described
  state: published, inactive or deleted
  version: of the definition
  profiles: how many were in
  entered: who came in since the run before
  left: who went out since the run before
  churn: who went out, of those in the run before
  value: their sum of the metric
  share: of all profiles of that day
  unmatched: ids of an import that named nobody
people: [profiles, entered, left]
groups: []
--- */
select audience_id, date, state, version, profiles, entered, "left", churn, value, share, unmatched
from derived.audience_sizes
order by audience_id, date
