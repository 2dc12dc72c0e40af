/* ---
name: audiences
description: Saved audiences, counted exactly over all profiles.
columns:
  audience_id: the file's name
  name: as given
  description: as given
  state: draft, published or inactive
  kind: what says who is meant
  version: of the definition
  sentence: the definition read aloud
  rule: the rule as JSON
  settings: what else the definition says, as JSON
  is_rule_alone: whether who is in now is just who meets the rule
  profiles: how many are in
  change: against the run before
  share: of all profiles
  value: their sum of the metric
  share_value: of everybody's
  metric: what value is of
  lookback: over which window
  base_profiles: all profiles
  base_value: of all profiles
  evaluated_as_of: what the last run describes
  schedule: cron; null for every refresh
  next_due_at: by the schedule
  review_at: when somebody should look at it
  unmatched: ids of an import that name nobody
  failure: why it could not be evaluated
  used_by: what names it, comma between
people: profiles
--- */
select
  audience_id,
  name,
  description,
  state,
  kind,
  version,
  sentence,
  rule,
  settings,
  is_rule_alone,
  profiles,
  change,
  share,
  value,
  share_value,
  metric,
  lookback,
  base_profiles,
  base_value,
  evaluated_as_of,
  schedule,
  next_due_at,
  review_at,
  unmatched,
  failure,
  used_by
from derived.audience_counts
order by profiles desc, audience_id
