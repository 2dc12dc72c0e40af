import type {ValueDefinition} from "../../../lib/definitions/value.js";
import {quoteName, quoteText} from "../../../lib/sql.js";

/**
 * SQL of a customer's orders, those of a day merged into one: `profile_id, day, orders, gross, refunded, net, margin`.
 * A refund comes off the last order on or before its day; what is refunded in full is no order. Refunds without an order
 * before them are left out, as is everything after the day `until`: a later refund is not known yet.
 */
export function ordersSql({orders, refunds, filter, margin}: ValueDefinition, until: string): string {
  const list = (types: string[]) => types.map(quoteText).join(", ");
  const events = filter ? `(from core.events where (${filter}\n))` : "core.events";
  const refunded =
    refunds.length === 0
      ? "select profile_id, day, 0::decimal(18,4) as amount from bought where false"
      : `
    select bought.profile_id, bought.day, sum(refund.amount) as amount
    from (
      select profile_id, event_date as day, sum(value) as amount from ${events}
      where event_type in (${list(refunds)}) and profile_id is not null and event_date <= ${quoteText(until)}::date group by all
    ) as refund
    asof join bought on bought.profile_id = refund.profile_id and bought.day <= refund.day
    group by all`;
  return `
  with bought as materialized (
    select profile_id, event_date as day, count(*)::integer as orders, sum(coalesce(value, 0)) as gross,
      sum(coalesce(value, 0) * ${marginSql(margin)}) as margin
    from ${events} as events
    where event_type in (${list(orders)}) and profile_id is not null and event_date <= ${quoteText(until)}::date
    group by all
  ),
  refunded as (${refunded})
  select profile_id, day, orders, gross::decimal(18,4) as gross, coalesce(refunded.amount, 0)::decimal(18,4) as refunded,
    (gross - coalesce(refunded.amount, 0))::decimal(18,4) as net,
    case when gross = 0 then 0 else margin::double * (gross - coalesce(refunded.amount, 0))::double / gross::double
      end::decimal(18,4) as margin
  from bought left join refunded using (profile_id, day)
  where gross >= 0 and (refunded.amount is null or refunded.amount < gross)`;
}

function marginSql(margin: ValueDefinition["margin"]): string {
  if (margin === undefined) return "1";
  if (typeof margin === "number") return String(margin);
  const cases = [
    ...Object.entries(margin.values ?? {}).map(
      ([value, rate]) =>
        `when events.properties.${quoteName(margin.property ?? "_")}::varchar = ${quoteText(value)} then ${rate}`
    ),
    ...Object.entries(margin.sources ?? {}).map(
      ([source, rate]) => `when events.source = ${quoteText(source)} then ${rate}`
    )
  ];
  return cases.length > 0 ? `case ${cases.join(" ")} else ${margin.default} end` : String(margin.default);
}
