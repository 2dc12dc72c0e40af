/* ---
name: campaigns_moves
description: Whether people who rose after a campaign hold it, beside the people held out.
columns:
  campaign_id: the campaign
  arm: one of its arms, people held out included; * for all mailed arms together
  arm_label: what pages call it
  arm_position: its place among the arms; 0 is *
  is_holdout: whether it is held out
  ranking: decile or p_alive
  from_as_of: the instant ranked before the send (UTC)
  to_as_of: the first instant ranked four weeks later or more (UTC)
  held_as_of: now (UTC)
  n: people ranked at the send
  rose: of them, people who ranked better later
  fell: of them, people who ranked worse later
  held: of those who rose, people still better now
  share_rose: rose by n
  share_held: held by rose
  rose_difference: share_rose less the held-out people's
  rose_lower: its 95% interval's lower end
  rose_upper: its 95% interval's upper end
  kept_difference: held by n less the held-out people's
  kept_lower: its 95% interval's lower end
  kept_upper: its 95% interval's upper end
people: [n]
groups: [campaign_id, arm]
--- */
select
  moves.campaign_id, moves.arm,
  coalesce(arms.label, 'All mailed') as arm_label,
  coalesce(arms.position, 0) as arm_position,
  moves.is_holdout, ranking, from_as_of, to_as_of, held_as_of, n, rose, fell, held, share_rose, share_held,
  rose_difference, rose_lower, rose_upper, kept_difference, kept_lower, kept_upper
from derived.campaign_moves as moves
left join insights.dim_arm as arms on arms.campaign_id = moves.campaign_id and arms.arm = moves.arm
order by moves.campaign_id, ranking desc, arm_position
