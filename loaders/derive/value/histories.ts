import type {ValueDefinition} from "../../../lib/definitions/value.js";
import type {Spend} from "../../../lib/value/gammaGamma.js";
import type {Summary} from "../../../lib/value/summary.js";
import type {Database} from "../../engine/database.js";
import {asideCatalog} from "../../engine/node.js";
import {readNumbers} from "../../engine/numbers.js";
import {shareTable} from "../sharedTable.js";
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
  /** The table of the customers, of one row each: see `customersSql`. */
  table: string;
}

type HistoriesOptions = Pick<ValueDefinition, "model" | "unit" | "margin" | "first_order">;

/** Summarises `orders` (a table or subquery as of `ordersSql`) until a day, that day included. */
export async function readHistories(
  database: Database,
  orders: string,
  until: string,
  settings: HistoriesOptions
): Promise<Histories> {
  const table = "value_customers";
  await database.run(`create or replace temp table ${table} as ${customersSql(orders, until, settings)}`);
  return summarise(database, table, until, settings);
}

/** The same of `derived.value_orders`, of the customers that `presentCustomers` shares. */
export async function presentHistories(
  database: Database,
  until: string,
  settings: HistoriesOptions
): Promise<Histories> {
  return summarise(database, await presentCustomers(database, until, settings), until, settings);
}

/**
 * The name of the table of the customers of `derived.value_orders`, which the models of one derivation share: made by
 * what is prepared aside, read by all.
 */
export async function presentCustomers(database: Database, until: string, settings: HistoriesOptions): Promise<string> {
  const sql = customersSql("derived.value_orders", until, settings);
  return await shareTable(database, "value_customers_present", sql, asideCatalog);
}

/**
 * SQL of the customers, one row each: `profile_id, first_day, last_day, place, x, tx_units, t_units, spend_orders,
 * spend_mean, …`, `place` naming the triple of x, tx_units and t_units that it shares.
 */
function customersSql(orders: string, until: string, settings: HistoriesOptions): string {
  const amount = settings.margin === undefined ? "net" : "margin";
  const isRegular = settings.model === "cnbd-k";
  const unitDays = daysPer(settings.unit);
  const known = `(from ${orders} where day <= '${until}')`;
  const spent = isRegular
    ? `(select *, lag(day) over (partition by profile_id order by day) as before from ${known})`
    : known;
  const gaps = isRegular
    ? `sum(ln((day - before)::double / ${unitDays})::decimal(18, 15)) filter (before is not null)`
    : "0";
  // The first day's orders are one row: what follows is everything less that.
  const [spendOrders, spendTotal] = settings.first_order
    ? ["count(*)", `sum(${amount})`]
    : ["count(*) - 1", `sum(${amount}) - arg_min(${amount}, day)`];
  return `
    with spent as (
      select profile_id, min(day) as first_day, max(day) as last_day, ${gaps} as log_gaps, count(*)::integer - 1 as repeats,
        sum(orders)::integer as orders, sum(gross) as gross, sum(net) as net, sum(margin) as margin,
        (${spendOrders})::integer as spend_orders, (${spendTotal})::double / nullif(${spendOrders}, 0) as spend_mean
      from ${spent} group by profile_id
    ),
    counted as (${isDiscrete(settings) ? inUnits(known, until, settings) : inDays(until)})
    select *, (dense_rank() over (order by x, tx_units, t_units))::integer - 1 as place,
      first_day < (select min(first_day) from spent) + 28 as is_truncated
    from counted`;
}

function isDiscrete({model}: HistoriesOptions): boolean {
  return model === "bg-bb" || model === "sbg";
}

async function summarise(
  database: Database,
  table: string,
  until: string,
  settings: HistoriesOptions
): Promise<Histories> {
  const scale = isDiscrete(settings) ? 1 : daysPer(settings.unit);
  const triples = await readNumbers(
    database,
    `select any_value(x)::double, any_value(tx_units) / ${scale}::double, any_value(t_units) / ${scale}::double,
       count(*)::double
     from ${table} group by place order by place`
  );
  const spend = await readNumbers(
    database,
    `select spend_orders::double, spend_mean, count(*)::double from ${table}
     where spend_orders > 0 and spend_mean > 0 group by all order by all`
  );
  const totals = await database.row<{n: number; orders: number; once: number; gaps: number; truncated: number}>(
    `select count(*)::integer as n, coalesce(sum(x + 1), 0)::integer as orders, (count(*) filter (x = 0))::integer as once,
       coalesce(sum(log_gaps), 0)::double as gaps, (count(*) filter (is_truncated))::integer as truncated
     from ${table}`
  );
  return {
    summary: {
      x: triples[0]!,
      tx: triples[1]!,
      T: triples[2]!,
      weight: triples[3]!,
      logGaps: settings.model === "cnbd-k" ? totals!.gaps : undefined
    },
    spend: {x: spend[0]!, mean: spend[1]!, weight: spend[2]!},
    customers: totals!.n,
    orders: totals!.orders,
    oneTimers: totals!.once,
    truncated: totals!.truncated,
    until,
    table
  };
}

/** SQL that adds `x, tx_units, t_units` to `spent`, in days. */
function inDays(until: string): string {
  return `select * exclude repeats, repeats as x, (last_day - first_day)::integer as tx_units,
      ('${until}'::date - first_day)::integer as t_units
    from spent`;
}

/**
 * The same under the discrete models, for which time counts units since the first order, several orders in one being one:
 * BG/BB counts the units with an order after the first; sBG those in a row from the first on.
 */
function inUnits(known: string, until: string, {model, unit}: Pick<ValueDefinition, "model" | "unit">): string {
  const units = (to: string) => unitsBetween("first_day", to, unit);
  const [x, tx] =
    model === "sbg" ? ["count(*) filter (unit = nth)", "count(*) filter (unit = nth) - 1"] : ["count(*)", "max(unit)"];
  return `
    select * exclude (repeats, x, tx_units, t_units),
      least(x, t_units) as x, least(tx_units, t_units) as tx_units, t_units
    from spent join (
      select profile_id, (${x})::integer - 1 as x, (${tx})::integer as tx_units,
        any_value(${units(`'${until}'::date`)})::integer as t_units
      from (
        select *, row_number() over (partition by profile_id order by unit) - 1 as nth
        from (select distinct profile_id, first_day, ${units("day")} as unit from ${known} join spent using (profile_id))
      )
      group by profile_id
    ) using (profile_id)`;
}

/** SQL of the whole units of time between two days. */
export function unitsBetween(from: string, to: string, unit: ValueDefinition["unit"]): string {
  return unit === "month" ? `datesub('month', ${from}, ${to})` : `(${to} - ${from}) // ${daysPer(unit)}`;
}
