/* ---
name: segments_fields
description: What a segment's rule may name, and how the values are spread.
columns:
  position: order in lists
  column_name: in segments.profiles, where it is published
  kind: attribute, metric or decile; reach of a channel
  name: of the attribute, metric or channel
  lookback: of a metric or decile
  label: what pages call it
  description: in words
  type: value type
  unit: of a metric or amount
  buckets: of a decile, how many there are
  is_published: whether the page can count by it; else only the warehouse can
  share_filled: profiles that have a value
  distinct_values: different values
  top_values: the commonest values with their counts, as JSON
  quantiles: minimum, every twentieth, 99th and 99.9th percentile, maximum, as JSON
when: rows
--- */
from insights.segment_fields
order by position
