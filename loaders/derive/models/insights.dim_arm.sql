/* ---
name: insights.dim_arm
description: The arms of each campaign, held-out ones included.
grain: one row per campaign and arm
key: [campaign_id, arm]
role: dimension
publish: aggregate
columns:
  campaign_id: The campaign
  arm: The arm; (none) stands for responses without a send
  label: What pages call it
  is_holdout: Whether its people got no mail
  share: The relative size meant, where the definition says
  position: Its place in the definition, then by name
references:
  - {columns: [campaign_id], table: insights.dim_campaign, fields: [campaign_id]}
--- */
with defined as (
  select campaign_id, unnest(arms, recursive := true), generate_subscripts(arms, 1) as place from activation.campaigns
),
seen as (
  select campaign_id, arm, bool_or(is_holdout) as is_holdout from activation.sends group by campaign_id, arm
  union all
  select distinct campaign_id, '(none)', false from activation.responses where is_orphan
),
arms as (
  select
    coalesce(defined.campaign_id, seen.campaign_id) as campaign_id,
    coalesce(defined.arm, seen.arm) as arm,
    coalesce(
      defined.label,
      case
        when seen.arm = '(none)' then 'No send'
        else upper(seen.arm[1]) || replace(replace(seen.arm[2:], '_', ' '), '-', ' ')
      end
    ) as label,
    coalesce(defined.is_holdout, seen.is_holdout) as is_holdout,
    defined.share,
    defined.place
  from defined
  full join seen on seen.campaign_id = defined.campaign_id and seen.arm = defined.arm
)
select campaign_id, arm, label, is_holdout, share,
  row_number() over (partition by campaign_id order by place nulls last, arm)::integer as position
from arms
