/* ---
name: campaigns_value_change
description: Mean expected value of each arm's people before a campaign and four weeks after it or more.
columns:
  campaign_id: the campaign
  arm: one of its arms, people held out included; * for all mailed arms together
  arm_label: what pages call it
  arm_position: its place among the arms; 0 is *
  is_holdout: whether it is held out
  from_as_of: the instant forecast from before the send (UTC)
  to_as_of: the first instant four weeks later or more (UTC)
  n: people with a forecast at both
  before: their mean expected value before
  after: their mean expected value after
  change: after less before
  difference: the change less the held-out people's
  lower: its 95% interval's lower end
  upper: its 95% interval's upper end
  p_value: two-sided
people: [n]
groups: [campaign_id, arm]
--- */
select
  changes.campaign_id, changes.arm,
  coalesce(arms.label, 'All mailed') as arm_label,
  coalesce(arms.position, 0) as arm_position,
  changes.is_holdout, from_as_of, to_as_of, n, before, after, change, difference, lower, upper, p_value
from derived.campaign_value_change as changes
left join insights.dim_arm as arms on arms.campaign_id = changes.campaign_id and arms.arm = changes.arm
order by changes.campaign_id, arm_position
