import type {ValueDefinition} from "../../../lib/definitions/value.js";
import type {Spend} from "../../../lib/value/gammaGamma.js";
import type {Summary} from "../../../lib/value/summary.js";
import type {Database} from "../../engine/database.js";
import {daysPer} from "../../../lib/value/horizon.js";

/** Customers' histories until a day: what the models are fitted to. */
export interface Histories {
  /** The distinct triples, in the order of `place`. */
  summary: Summary;
  /** What the orders' mean values are fitted on. */
  spend: Spend;
  customers: number;
  orders: number;
  oneTimers: number;
  /** Customers first seen in the first four weeks of the data, of whom earlier orders may be missing. */
  truncated: number;
  /** The last day observed, inclusive. */
  until: string;
}

/** The temporary table of customers: one row each, `place` naming the triple it shares. */
export const customersTable = "value_customers";

/**
 * Summarises `orders` (a table as `ordersSql` makes it) until a day, that day included. Leaves the temporary table
 * `value_customers(profile_id, place, x, tx_units, t_units, spend_orders, spend_mean, …)` behind for the scores.
 */
export async function readHistories(
  database: Database,
  orders: string,
  until: string,
  settings: Pick<ValueDefinition, "model" | "unit" | "margin" | "first_order">
): Promise<Histories> {
  const amount = settings.margin === undefined ? "net" : "margin";
  const skip = settings.first_order ? "" : "filter (day > first_day)";
  const isRegular = settings.model === "cnbd-k";
  const isDiscrete = settings.model === "bg-bb" || settings.model === "sbg";
  const unitDays = daysPer(settings.unit);
  const gaps = isRegular ? `sum(ln((day - before)::double / ${unitDays})) filter (before is not null)` : "0::double";
  // Under the discrete models time counts units since the first order; several orders in one are one.
  const units = (to: string) =>
    settings.unit === "month" ? `datesub('month', first_day, ${to})` : `(${to} - first_day) // ${unitDays}`;
  const shape = isDiscrete
    ? {
        // BG/BB: units with an order after the first; sBG: those in a row from the first on.
        x: settings.model === "sbg" ? "count(*) filter (unit = nth)" : "count(*)",
        tx: settings.model === "sbg" ? "count(*) filter (unit = nth) - 1" : "max(unit)",
        t: units("$until::date")
      }
    : {x: "count(*)", tx: "max(day) - any_value(first_day)", t: "$until::date - first_day"};
  const counted = isDiscrete
    ? `(select *, row_number() over (partition by profile_id order by unit) - 1 as nth from (
        select distinct profile_id, first_day, ${units("day")} as unit from known
      ))`
    : "known";
  await database.run(
    `create or replace temp table ${customersTable} as
    with known as (
      select *, min(day) over (partition by profile_id) as first_day
        ${isRegular ? ", lag(day) over (partition by profile_id order by day) as before" : ""}
      from ${orders} where day <= $until::date
    ),
    spent as (
      select profile_id, any_value(first_day) as first_day, max(day) as last_day, ${gaps} as log_gaps,
        sum(orders)::integer as orders, sum(gross) as gross, sum(net) as net, sum(margin) as margin,
        (count(*) ${skip})::integer as spend_orders,
        (sum(${amount}) ${skip})::double / nullif(count(*) ${skip}, 0) as spend_mean
      from known group by profile_id
    ),
    counted as (
      select profile_id, (${shape.x})::integer - 1 as x, (${shape.tx})::integer as tx_units,
        any_value(${shape.t})::integer as t_units
      from ${counted} group by profile_id
    )
    select * replace (least(x, t_units) as x, least(tx_units, t_units) as tx_units),
      (dense_rank() over (order by least(x, t_units), least(tx_units, t_units), t_units))::integer - 1 as place,
      first_day < (select min(first_day) from spent) + 28 as is_truncated
    from spent join counted using (profile_id)`.replaceAll("$until", `'${until}'`)
  );
  const scale = isDiscrete ? 1 : unitDays;
  const triples = await columns(
    database,
    `select any_value(x)::double, any_value(tx_units) / ${scale}::double, any_value(t_units) / ${scale}::double,
       count(*)::double
     from ${customersTable} group by place order by place`
  );
  const spend = await columns(
    database,
    `select spend_orders::double, spend_mean, count(*)::double from ${customersTable}
     where spend_orders > 0 and spend_mean > 0 group by all order by all`
  );
  const totals = await database.row<{n: number; orders: number; once: number; gaps: number; truncated: number}>(
    `select count(*)::integer as n, coalesce(sum(x + 1), 0)::integer as orders, (count(*) filter (x = 0))::integer as once,
       coalesce(sum(log_gaps), 0)::double as gaps, (count(*) filter (is_truncated))::integer as truncated
     from ${customersTable}`
  );
  return {
    summary: {
      x: triples[0]!,
      tx: triples[1]!,
      T: triples[2]!,
      weight: triples[3]!,
      logGaps: isRegular ? totals!.gaps : undefined
    },
    spend: {x: spend[0]!, mean: spend[1]!, weight: spend[2]!},
    customers: totals!.n,
    orders: totals!.orders,
    oneTimers: totals!.once,
    truncated: totals!.truncated,
    until
  };
}

/** A query's columns as numbers. */
export async function columns(database: Database, sql: string): Promise<Float64Array[]> {
  const reader = await database.connection.runAndReadAll(sql);
  const read = reader.getColumns();
  // Without a row DuckDB's client gives no columns either.
  return reader.columnNames().map((_, i) => Float64Array.from((read[i] ?? []) as number[]));
}
