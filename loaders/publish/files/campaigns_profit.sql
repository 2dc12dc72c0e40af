/* ---
name: campaigns_profit
description: What each arm earned beyond the people held out once its mails are paid.
columns:
  campaign_id: the campaign
  arm: the arm; * for all mailed arms together
  arm_label: what pages call it
  arm_position: its place among the arms; 0 is *
  window_days: days from the assignment that count
  n_treated: people assigned
  mails: mails sent to them
  margin: share of revenue that is earned
  is_margin_given: whether a margin is given
  cost_per_send: of one mail
  cost: of all mails
  revenue: incremental, over everybody in the arm
  profit: revenue times margin less cost
  lower: its 95% interval's lower end
  upper: its 95% interval's upper end
  difference: incremental revenue per head assigned
  break_even: the revenue per head that just pays for the mails
  returned: profit over cost
  is_complete: whether the window has passed for everybody
people: [n_treated]
groups: [campaign_id, arm]
--- */
select
  profit.campaign_id, profit.arm,
  coalesce(arms.label, 'All mailed') as arm_label,
  coalesce(arms.position, 0) as arm_position,
  window_days, n_treated, mails, margin, is_margin_given, cost_per_send, cost, revenue, profit, lower, upper, difference,
  break_even, returned, is_complete
from derived.campaign_profit as profit
left join insights.dim_arm as arms on arms.campaign_id = profit.campaign_id and arms.arm = profit.arm
order by profit.campaign_id, window_days, arm_position
