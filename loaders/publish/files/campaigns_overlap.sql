/* ---
name: campaigns_overlap
description: People of each arm who also got another campaign's mail near the assignment.
columns:
  campaign_id: the campaign
  arm: one of its arms, people held out included
  arm_label: what pages call it
  arm_position: its place among the arms
  is_holdout: whether it is held out
  other_campaign_id: the other campaign
  other_name: what pages call it
  n: people assigned to the arm
  overlapping: of them, people who got the other's mail
  share: overlapping by n
  p_value: chance of such unlike shares between random arms
people: [overlapping]
groups: [campaign_id, arm, other_campaign_id]
--- */
select
  overlap.campaign_id, overlap.arm,
  coalesce(arms.label, overlap.arm) as arm_label,
  coalesce(arms.position, 0) as arm_position,
  overlap.is_holdout, other_campaign_id, coalesce(campaigns.name, other_campaign_id) as other_name, n, overlapping,
  overlap.share, p_value
from derived.campaign_overlap as overlap
left join insights.dim_arm as arms on arms.campaign_id = overlap.campaign_id and arms.arm = overlap.arm
left join insights.dim_campaign as campaigns on campaigns.campaign_id = overlap.other_campaign_id
order by overlap.campaign_id, other_campaign_id, arm_position
