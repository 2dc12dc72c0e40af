import {addDays, localDate} from "../../../lib/calendar.js";
import type {ValueDefinition} from "../../../lib/definitions/value.js";
import {quoteInstant, quoteText} from "../../../lib/sql.js";
import type {Forecast} from "../../../lib/value/forecast.js";
import {daysPer} from "../../../lib/value/horizon.js";
import {asideCatalog, type BuildContext, type GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {presentHistories, type Histories} from "../value/histories.js";
import {ordersContent, ordersSql, shareOrders} from "../value/orders.js";
import {orderValueSql} from "../value/orderValue.js";
import {drawIntervals, intervalsTable, scoreHistories, scoresTable} from "../value/score.js";
import {sharedForecast} from "../value/sharedForecast.js";

/** `derived.value_orders`: what counts as an order. */
export function valueOrdersNode(workspace: Workspace, settings: ValueDefinition): GraphNode {
  return typescriptModel({
    header: {
      name: "derived.value_orders",
      description: "The orders that lifetime value is computed from: those of a day merged, refunds taken off.",
      grain: "one row per person and day with an order",
      key: ["profile_id", "day"],
      columns: {
        profile_id: "The person",
        day: "The day in the workspace's time zone",
        orders: "Orders that day",
        gross: {description: "Their value", unit: "money"},
        refunded: {description: "What was refunded of it by now", unit: "money"},
        net: {description: "What is left", unit: "money", publish: "aggregate"},
        margin: {
          description: "The margin in it; the net value where no margin is given",
          unit: "money",
          publish: "aggregate"
        }
      }
    },
    inputs: ["core.events"],
    usesAsOf: true,
    content: ordersContent(settings),
    prepare: ({database}) => shareOrders(database, settings, asideCatalog),
    async build({database, asOf}, tables) {
      await database.run(
        `create table derived.value_orders__new as
         from (${ordersSql(tables, lastDay(asOf, workspace.time_zone))}) order by profile_id, day`
      );
    }
  });
}

/** `derived.lifetime_value`: what everybody was worth, and is expected to be. */
export function lifetimeValueNode(workspace: Workspace, settings: ValueDefinition): GraphNode {
  const basis = settings.margin === undefined ? "revenue" : "margin";
  return typescriptModel({
    header: {
      name: "derived.lifetime_value",
      description: "What each person has been worth, and what their future orders are expected to be worth.",
      grain: "one row per person",
      key: ["profile_id"],
      publish: "rows",
      columns: {
        profile_id: "The person",
        first_order_date: "Day of the first order",
        last_order_date: "Day of the last order",
        count_orders: "Orders so far, those of a day apart",
        historic_gross: {description: "Value of all orders", unit: "money"},
        historic_net: {description: "The same less refunds", unit: "money"},
        historic_margin: {description: "The margin in it; null where no margin is given", unit: "money"},
        repeat_orders: "Days with an order after the first (x)",
        recency: {description: "From the first order to the last (t_x)", unit: settings.unit},
        age: {description: "From the first order to the as-of day (T)", unit: settings.unit},
        p_alive: "Forecast: probability of still being a customer; null where no drop-out can be told",
        expected_orders: "Forecast: orders within the horizon",
        expected_orders_by_horizon: "Forecast: orders within each horizon",
        expected_order_value: {description: `Forecast: ${basis} of a future order`, unit: "money"},
        expected_value: {description: `Forecast: ${basis} within the horizon, discounted`, unit: "money"},
        lower: {description: `Forecast: lower bound of the ${settings.interval * 100}% interval`, unit: "money"},
        upper: {description: `Forecast: upper bound of the ${settings.interval * 100}% interval`, unit: "money"},
        basis: "revenue, or margin where one is given",
        model: "The model used",
        horizon: "How far ahead",
        is_left_truncated: "First seen in the first four weeks of the data: earlier orders may be missing",
        as_of: "The instant described (UTC)"
      },
      tests: [
        {expression: "p_alive is null or p_alive between 0 and 1"},
        {expression: "expected_value is null or expected_value >= 0"}
      ]
    },
    inputs: ["derived.value_orders", "core.profiles"],
    usesAsOf: true,
    content: [settings, 5],
    prepare: (context) => prepare(context, settings),
    build: (context, prepared) => build(context, prepared, settings)
  });
}

interface Prepared {
  histories: Histories;
  made: Forecast;
}

async function prepare({database, asOf, workspace}: BuildContext, settings: ValueDefinition): Promise<Prepared> {
  const histories = await presentHistories(database, lastDay(asOf, workspace.time_zone), settings);
  const made = sharedForecast(histories, settings);
  await scoreHistories(database, histories, made, settings, asideCatalog);
  await drawIntervals(database, histories, made, settings, asideCatalog);
  return {histories, made};
}

async function build(
  {database, asOf}: BuildContext,
  {histories, made}: Prepared,
  settings: ValueDefinition
): Promise<void> {
  const sql = lifetimeValueSql(histories, made, settings, asOf, asideCatalog);
  await database.run(`create table derived.lifetime_value__new as ${sql}`);
}

/**
 * SQL of the table, over what `scoreHistories` and `drawIntervals` leave of these histories. What follows from a row is
 * worked out once rows are in order: to carry maps and texts through the sort takes as long as the rest.
 */
export function lifetimeValueSql(
  {table}: Pick<Histories, "table">,
  made: Forecast,
  settings: ValueDefinition,
  asOf: Date,
  catalog = "temp"
): string {
  const value = orderValueSql(made);
  const unit = made.used?.model.isDiscrete ? "" : `/ ${daysPer(settings.unit)}::double`;
  const byHorizon = settings.horizons.map((_, i) => `orders_${i}`).join(", ");
  return `select profile_id, first_day as first_order_date, last_day as last_order_date,
      coalesce(orders, 0)::integer as count_orders, coalesce(gross, 0)::decimal(18,4) as historic_gross,
      coalesce(net, 0)::decimal(18,4) as historic_net,
      ${settings.margin === undefined ? "null" : "coalesce(margin, 0)"}::decimal(18,4) as historic_margin,
      x as repeat_orders, tx_units ${unit} as recency, t_units ${unit} as age,
      p_alive, orders_0 as expected_orders,
      case when orders_0 is not null then map([${settings.horizons.map(quoteText).join(", ")}], [${byHorizon}]) end
        as expected_orders_by_horizon,
      case when orders_0 is not null then ${value} end::decimal(18,4) as expected_order_value,
      (discounted_0 * ${value})::decimal(18,4) as expected_value,
      lower::decimal(18,4) as lower, upper::decimal(18,4) as upper,
      ${quoteText(settings.margin === undefined ? "revenue" : "margin")} as basis,
      ${made.used ? quoteText(made.used.model.name) : "null::varchar"} as model, ${quoteText(settings.horizons[0]!)} as horizon,
      coalesce(is_truncated, false) as is_left_truncated, ${quoteInstant(asOf)} as as_of
    from (
      select profile_id, customers.* exclude (profile_id), scores.* exclude (place), lower, upper
      from core.profiles
      left join ${table} as customers using (profile_id)
      left join ${catalog}.main.${scoresTable} as scores using (place)
      left join ${catalog}.main.${intervalsTable} as intervals on intervals.place = customers.place
        and intervals.spend_orders = customers.spend_orders
        and intervals.spend_mean = coalesce(customers.spend_mean, 0)
      order by profile_id
    ) as customers`;
}

/** The last local day before an instant at local midnight; of any other instant, the day before its own. */
export function lastDay(asOf: Date, zone: string): string {
  return addDays(localDate(asOf, zone), -1);
}
