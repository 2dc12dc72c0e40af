/* ---
name: campaigns_response
description: What mailings got back, by campaign, audience and decile at send; people held out are left out.
columns:
  campaign_id: the campaign
  audience_id: the audience
  audience: what pages call it
  bucket: decile at send, 1 is best; 0 where there was none
  delivered: mails delivered
  opened: mails opened as reported
  human_opened: mails opened by a person
  human_clicked: mails clicked by a person
  converted: mails credited with an order
  revenue: money credited, net of refunds
people: delivered
groups: [campaign_id, audience_id, bucket]
--- */
select
  facts.campaign_id,
  facts.audience_id,
  audiences.name as audience,
  facts.bucket,
  sum(facts.count_delivered) as delivered,
  sum(facts.count_opened) as opened,
  sum(facts.count_human_opened) as human_opened,
  sum(facts.count_human_clicked) as human_clicked,
  sum(facts.count_converted) as converted,
  sum(facts.revenue) as revenue
from insights.fact_email_response as facts
join insights.dim_audience as audiences using (audience_id)
join insights.dim_arm as arms on arms.campaign_id = facts.campaign_id and arms.arm = facts.arm
where not arms.is_holdout and facts.arm <> '(none)'
group by facts.campaign_id, facts.audience_id, audiences.name, facts.bucket
order by facts.campaign_id, facts.audience_id, facts.bucket
