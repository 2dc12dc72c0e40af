import type {ValueDefinition} from "../../../lib/definitions/value.js";
import {quoteName, quoteText} from "../../../lib/sql.js";
import type {Database} from "../../engine/database.js";
import {shareTable} from "../sharedTable.js";

type OrdersOptions = Pick<ValueDefinition, "orders" | "refunds" | "filter" | "margin">;

/** The names of the tables that `ordersSql` reads. */
export interface OrderTables {
  /** `profile_id, day, orders, gross, margin`, the margin not rounded yet. */
  bought: string;
  /** `profile_id, day, refunded_on, amount`, the day being that of the order which the refund comes off. */
  refunds: string;
}

/**
 * Makes sure of what `ordersSql` reads, in a catalog: the events are grouped once, however many days orders are then
 * asked for until. See `shareTable`.
 */
export async function shareOrders(database: Database, settings: OrdersOptions, catalog?: string): Promise<OrderTables> {
  const bought = await shareTable(database, "value_bought", boughtSql(settings), catalog);
  const refunds = await shareTable(database, "value_refunds", refundsSql(settings, bought), catalog);
  return {bought, refunds};
}

/** What orders are by these settings: changes when they do. */
export function ordersContent(settings: OrdersOptions): string[] {
  const tables = {bought: "value_bought", refunds: "value_refunds"};
  return [boughtSql(settings), refundsSql(settings, tables.bought), ordersSql(tables, "")];
}

/**
 * SQL of a customer's orders, those of a day merged into one: `profile_id, day, orders, gross, refunded, net, margin`.
 * A refund comes off the last order on or before its day; what is refunded in full is no order. Refunds without an order
 * before them are left out, as is everything after the day `until`: a later refund is not known yet. See `shareOrders`.
 */
export function ordersSql({bought, refunds}: OrderTables, until: string): string {
  return `
  with refunded as (
    select profile_id, day, sum(amount)::decimal(18,4) as amount
    from ${refunds} where refunded_on <= ${quoteText(until)} group by all
  )
  select profile_id, day, orders, gross, coalesce(refunded.amount, 0) as refunded,
    gross - coalesce(refunded.amount, 0) as net,
    case when gross = 0 then 0
      when refunded.amount is null then margin::decimal(18,4)
      else (margin::double * (gross - refunded.amount)::double / gross::double)::decimal(18,4) end as margin
  from (from ${bought} where day <= ${quoteText(until)}) as bought left join refunded using (profile_id, day)
  where gross >= 0 and (refunded.amount is null or refunded.amount < gross)`;
}

function boughtSql({orders, filter, margin}: OrdersOptions): string {
  const gross = "sum(coalesce(value, 0))::decimal(18,4)";
  return `
    select profile_id, event_date as day, count(*)::integer as orders, ${gross} as gross,
      ${margin === undefined ? gross : `sum(coalesce(value, 0) * ${marginSql(margin)})`} as margin
    from ${eventsSql(filter)} as events
    where event_type in (${list(orders)}) and profile_id is not null
    group by all`;
}

function refundsSql({refunds, filter}: OrdersOptions, bought: string): string {
  if (refunds.length === 0) {
    return `select profile_id, day, day as refunded_on, 0::decimal(18,4) as amount from ${bought} where false`;
  }
  return `
    select bought.profile_id, bought.day, refund.day as refunded_on, refund.amount
    from (
      select profile_id, event_date as day, sum(value) as amount from ${eventsSql(filter)}
      where event_type in (${list(refunds)}) and profile_id is not null group by all
    ) as refund
    asof join ${bought} as bought on bought.profile_id = refund.profile_id and bought.day <= refund.day`;
}

function eventsSql(filter: string | undefined): string {
  return filter ? `(from core.events where (${filter}\n))` : "core.events";
}

function list(types: string[]): string {
  return types.map(quoteText).join(", ");
}

function marginSql(margin: NonNullable<ValueDefinition["margin"]>): string {
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
