/* ---
name: activation_campaigns
description: The campaigns that files define, and the share that each means to hold out.
columns:
  campaign_id: the file's name
  name: what pages call it
  arms: how many arms it has, holdouts included
  held_out: the share meant to be held out; null where the definition names no shares
  is_assigned: whether people are assigned already, so that the shares stay as they are
people: none
--- */
with arms as (
  select
    campaign_id,
    count(*) as arms,
    case when bool_and(share is not null) then coalesce(sum(share) filter (is_holdout), 0) / sum(share) end as held_out
  from insights.dim_arm
  where arm <> '(none)'
  group by campaign_id
)
select campaign_id, name, coalesce(arms, 0) as arms, held_out,
  delivered.campaign_id is not null or summarised.campaign_id is not null as is_assigned
from insights.dim_campaign
left join arms using (campaign_id)
left join (select distinct campaign_id from activation.deliveries) as delivered using (campaign_id)
left join (select distinct campaign_id from derived.campaign_summary) as summarised using (campaign_id)
where is_defined
order by name, campaign_id
