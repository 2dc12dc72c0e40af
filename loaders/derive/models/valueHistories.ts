import type {z} from "zod";
import type {modelHeader} from "../../../lib/definitions/model.js";
import type {ValueDefinition} from "../../../lib/definitions/value.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {presentCustomers} from "../value/histories.js";
import {lastDay} from "./lifetimeValue.js";

/** `derived.value_histories`: the weighted histories that the models are fitted to, for fitting them in the page. */
export function valueHistoriesNode(workspace: Workspace, settings: ValueDefinition): GraphNode {
  return customersNode(workspace, settings, {
    version: 4,
    header: {
      name: "derived.value_histories",
      description: "How many customers share each purchase history: what the purchase models are fitted to.",
      grain: "one row per distinct history",
      key: ["x", "recency", "age"],
      columns: {
        x: "Days with an order after the first",
        recency: {description: "From the first order to the last", unit: "days"},
        age: {description: "From the first order to the as-of day", unit: "days"},
        customers: {description: "Customers with this history", unit: "people"},
        spenders: {description: "Those among them with an order whose value is known", unit: "people"},
        mean: {description: "The mean of the spenders' mean order values", unit: "money"}
      }
    },
    sql: (table) => `
      select x, tx_units as recency, t_units as age, count(*)::integer as customers,
        (count(*) filter (spend_orders > 0))::integer as spenders,
        list_avg(list_sort(list(spend_mean) filter (spend_orders > 0))) as mean
      from ${table} group by x, tx_units, t_units`
  });
}

/** `derived.value_spend`: the weighted mean order values that Gamma-Gamma is fitted to. */
export function valueSpendNode(workspace: Workspace, settings: ValueDefinition): GraphNode {
  return customersNode(workspace, settings, {
    version: 2,
    header: {
      name: "derived.value_spend",
      description: "How many customers share a number of orders and, to three digits, a mean order value.",
      grain: "one row per number of orders and mean",
      key: ["orders", "mean"],
      columns: {
        orders: "Orders whose values are known",
        mean: {description: "Their mean, to three digits", unit: "money"},
        customers: {description: "Customers who share both", unit: "people"}
      }
    },
    sql: (table) => `
      select spend_orders as orders, round(spend_mean, 2 - floor(log10(spend_mean))::integer) as mean,
        count(*)::integer as customers
      from ${table} where spend_orders > 0 and spend_mean > 0 group by all`
  });
}

/** A node that counts customers by their histories in days: whatever model is chosen, the page starts from days. */
function customersNode(
  workspace: Workspace,
  settings: ValueDefinition,
  {header, sql, version}: {header: z.input<typeof modelHeader>; sql: (customers: string) => string; version: number}
): GraphNode {
  return typescriptModel({
    header: {publish: "rows", ...header},
    inputs: ["derived.value_orders"],
    usesAsOf: true,
    content: [settings.margin, settings.first_order, version],
    prepare: ({database, asOf}) =>
      presentCustomers(database, lastDay(asOf, workspace.time_zone), {...settings, model: "mbg-nbd", unit: "day"}),
    async build({database}, customers) {
      await database.run(`create table ${header.name}__new as ${sql(customers)} order by all`);
    }
  });
}
