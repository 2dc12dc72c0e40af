/* ---
name: campaigns_summary
description: What each arm of a campaign got and gave back; * is all mailed arms together.
columns:
  campaign_id: the campaign
  arm: the arm; * for all that were not held out
  label: what pages call it
  is_holdout: whether its people got no mail
  position: its place among the arms; 0 is *
  assigned: people assigned
  sent: mails sent
  delivered: mails delivered
  bounced: mails bounced
  opened: mails opened as reported
  human_opened: mails opened by a person
  opens: opens as reported, each
  machine_opens: opens by machines
  only_machine_opened: mails that machines alone opened
  only_machine_opened_clicked: of those, mails that a person clicked
  clicked: mails clicked as reported
  human_clicked: mails clicked by a person
  human_opened_clicked: mails opened and clicked by a person
  unsubscribed: people who unsubscribed
  complained: people who complained
  converted: mails credited with an order
  orders: orders credited
  revenue: money credited, net of refunds
  revenue_squares: the sum over mails of their squared revenue
people: assigned
groups: [campaign_id, arm]
--- */
select
  summary.campaign_id,
  summary.arm,
  coalesce(arms.label, 'All mailed') as label,
  summary.is_holdout,
  coalesce(arms.position, 0) as position,
  count_assigned as assigned,
  count_sent as sent,
  count_delivered as delivered,
  count_bounced as bounced,
  count_opened as opened,
  count_human_opened as human_opened,
  count_opens as opens,
  count_machine_opens as machine_opens,
  count_only_machine_opened as only_machine_opened,
  count_only_machine_opened_clicked as only_machine_opened_clicked,
  count_clicked as clicked,
  count_human_clicked as human_clicked,
  count_human_opened_clicked as human_opened_clicked,
  count_unsubscribed as unsubscribed,
  count_complained as complained,
  count_converted as converted,
  count_orders as orders,
  revenue,
  revenue_squares
from derived.campaign_summary as summary
left join insights.dim_arm as arms on arms.campaign_id = summary.campaign_id and arms.arm = summary.arm
order by summary.campaign_id, position
