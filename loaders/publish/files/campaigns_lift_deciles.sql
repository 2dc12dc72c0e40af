/* ---
name: campaigns_lift_deciles
description: What each arm did beyond the people held out, by decile at send.
columns:
  campaign_id: the campaign
  arm: the arm; * for all mailed arms together
  arm_label: what pages call it
  arm_position: its place among the arms; 0 is *
  measure: what was measured
  kind: rate or mean
  window_days: days from the assignment that count
  bucket: the decile at send
  n_treated: people of it assigned to the arm
  n_control: people of it held out
  treated: the arm's rate or mean
  control: the held-out people's rate or mean
  difference: arm less holdout
  lower: its 95% interval's lower end
  upper: its 95% interval's upper end
  p_value: two-sided, by itself
  p_adjusted: corrected for the number of deciles (Holm)
  shrunk: drawn towards the mean of all deciles
  joint_p: chance of such unlike deciles if the difference were the same in all
  is_complete: whether the window has passed for everybody
people: [n_control, n_treated]
groups: [campaign_id, arm, bucket]
--- */
select
  lift.campaign_id, lift.arm,
  coalesce(arms.label, 'All mailed') as arm_label,
  coalesce(arms.position, 0) as arm_position,
  measure, kind, window_days, bucket, n_treated, n_control, treated, control, difference, lower, upper, p_value,
  p_adjusted, shrunk, joint_p, is_complete
from derived.lift_by_decile as lift
left join insights.dim_arm as arms on arms.campaign_id = lift.campaign_id and arms.arm = lift.arm
where bucket is not null
order by lift.campaign_id, measure, window_days, arm_position, bucket
