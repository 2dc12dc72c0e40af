/* ---
name: derived.refund_rates
description: What share of the money that members paid went back, by quarter of the purchase or refund.
grain: one row per quarter
key: [quarter]
columns:
  quarter: The quarter's first day
  buyers: {description: Members who bought, unit: people}
  paid: {description: Paid for tickets, unit: money}
  refunded: {description: Given back, unit: money}
  share: Refunded ÷ paid, 0 to 1; null where nothing was paid
tests:
  - expression: paid >= 0 and refunded >= 0
publish: aggregate
--- */
with amounts as (
  select
    profile_id,
    date_trunc('quarter', event_date)::date as quarter,
    case when event_type = 'commerce.purchase' then value else 0 end as paid,
    case when event_type = 'commerce.refund' then value else 0 end as refunded
  from core.events
  where event_type in ('commerce.purchase', 'commerce.refund') and event_time < $as_of
)

select
  quarter,
  (count(distinct profile_id) filter (where paid > 0))::integer as buyers,
  sum(paid) as paid,
  sum(refunded) as refunded,
  sum(refunded)::double / nullif(sum(paid), 0)::double as share
from amounts
group by quarter
order by quarter
