/* ---
name: campaigns_lift
description: What each arm did beyond the people held out, by measure and window.
columns:
  campaign_id: the campaign
  arm: the arm; * for all mailed arms together
  arm_label: what pages call it
  arm_position: its place among the arms; 0 is *
  measure: what was measured
  measure_label: what pages call it
  kind: rate or mean
  position: the measure's place in the definition
  window_days: days from the assignment that count
  n_treated: people assigned to the arm
  n_control: people held out
  treated: the arm's rate or mean
  control: the held-out people's rate or mean
  difference: arm less holdout
  lower: its 95% interval's lower end
  upper: its 95% interval's upper end
  p_value: two-sided
  method: newcombe or welch
  relative: arm ÷ holdout − 1
  total: the difference over everybody in the arm
  total_lower: its 95% interval's lower end
  total_upper: its 95% interval's upper end
  sum_treated: "of means: the arm's total"
  events_treated: people of the arm with such an event
  events_control: people held out with such an event
  bootstrap_lower: "of means: 2.5th percentile over resamples"
  bootstrap_upper: the 97.5th
  winsorised_difference: "of means: with the largest thousandth of amounts cut"
  adjusted_difference: less what the time before the assignment explains (CUPED)
  adjusted_lower: its 95% interval's lower end
  adjusted_upper: its 95% interval's upper end
  variance_removed: by which share that lessened the variance
  before_difference: the same difference in as long a time before the assignment
  before_lower: its 95% interval's lower end
  before_upper: its 95% interval's upper end
  before_p: two-sided
  is_complete: whether the window has passed for everybody
  sample_ratio_p: chance of such arm sizes under the shares meant
  is_sample_ratio_ok: whether that chance is at least 0.001
people: [n_control, n_treated]
groups: [campaign_id, arm]
--- */
select
  lift.campaign_id, lift.arm,
  coalesce(arms.label, 'All mailed') as arm_label,
  coalesce(arms.position, 0) as arm_position,
  measure, measure_label, kind, lift.position, window_days, n_treated, n_control, treated, control, difference, lower,
  upper, p_value, method, relative, total, total_lower, total_upper, sum_treated, events_treated, events_control,
  bootstrap_lower, bootstrap_upper, winsorised_difference, adjusted_difference, adjusted_lower, adjusted_upper,
  variance_removed, before_difference, before_lower, before_upper, before_p, is_complete, sample_ratio_p,
  is_sample_ratio_ok
from derived.lift as lift
left join insights.dim_arm as arms on arms.campaign_id = lift.campaign_id and arms.arm = lift.arm
order by lift.campaign_id, lift.position, window_days, arm_position
