/* ---
name: derived.decile_history
description: >-
  Where everybody ranked, as intervals: from an instant of the calendar (month start, campaign's send, now) until
  something about the rank changed. The rank of an interval comes from events strictly before valid_from, so the decile
  somebody had when mailed is that of the interval with valid_from <= sent_at and sent_at < coalesce(valid_to, 'infinity').
grain: one row per person, metric, lookback, category and interval
key: [profile_id, metric, lookback, category, valid_from]
columns:
  profile_id: The person
  metric: The metric's name in workspace.yaml
  lookback: "How far back the window reaches: 12 months, lifetime"
  category: "The group ranked within: * for all together"
  bucket: 1 is best; null with a reason
  reason: "Why there is no bucket: inactive, small_partition"
  percentile: {description: "Place within the group: 100 is best", unit: percent}
  value: The metric's value in the window that ends at valid_from
  valid_from: The calendar's instant from which this held (UTC); events strictly before it count
  valid_to: The calendar's next instant, at which something else held; null where this holds now (UTC)
tests:
  - expression: valid_to is null or valid_from < valid_to
--- */
with instants as (
  select distinct as_of from derived.decile_snapshots
),

calendar as (
  select as_of, row_number() over (order by as_of) as place, lead(as_of) over (order by as_of) as next_as_of
  from instants
),

placed as (
  select snapshots.*, place, next_as_of
  from derived.decile_snapshots as snapshots
  join calendar using (as_of)
),

compared as (
  select
    *,
    (
      place = 1 + lag(place) over stay
      and bucket is not distinct from lag(bucket) over stay
      and reason is not distinct from lag(reason) over stay
      and percentile is not distinct from lag(percentile) over stay
      and value is not distinct from lag(value) over stay
    ) is not true as is_first
  from placed
  window stay as (partition by profile_id, metric, lookback, category order by place)
),

bounded as (
  select *, coalesce(lead(is_first) over (partition by profile_id, metric, lookback, category order by place), true) as is_last
  from compared
),

-- The interval ends where the calendar goes on after its last row, whether somebody has a row there or not.
closed as (
  select
    *,
    case
      when is_last then next_as_of
      else lead(next_as_of) over (partition by profile_id, metric, lookback, category order by place)
    end as valid_to
  from bounded
  where is_first or is_last
)

select profile_id, metric, lookback, category, bucket, reason, percentile, value, as_of as valid_from, valid_to
from closed
where is_first
