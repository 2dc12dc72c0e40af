/* ---
name: segments_events
description: The events that a segment's rule may name, their fields, and how the values are spread.
columns:
  position: order in lists
  event_type: dotted
  field: value, quantity, event_time, event_date, source, campaign_id or properties.<name>; null for the event itself
  label: what pages call it
  description: in words
  type: value type of a field
  unit: of an amount
  is_published: whether the site can count rules about it; else only the warehouse can
  events: how many there are of the type
  profiles: how many have one
  share_filled: events of the type that have a value
  distinct_values: different values
  top_values: the commonest values with their counts of events, as JSON
  quantiles: minimum, every twentieth, 99th and 99.9th percentile, maximum, as JSON
when: rows
--- */
from insights.segment_events
order by position
