import type {ValueDefinition} from "../../../lib/definitions/value.js";
import type {Fit} from "../../../lib/value/fit.js";
import type {Database} from "../../engine/database.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {sharedForecast} from "../value/sharedForecast.js";
import {presentHistories, type Histories} from "../value/histories.js";
import {valuesSql} from "../value/literal.js";
import {lastDay} from "./lifetimeValue.js";

/** `derived.value_fit`: the models behind the forecast, with their errors and an honest status. */
export function valueFitNode(workspace: Workspace, settings: ValueDefinition): GraphNode {
  return typescriptModel({
    header: {
      name: "derived.value_fit",
      description:
        "The models fitted for the forecast: parameters, standard errors, likelihood, and whether to trust them.",
      grain: "one row per fitted part",
      key: ["part"],
      publish: "aggregate",
      columns: {
        part: "asked: the model chosen; orders: the model the forecast uses; order_value: Gamma-Gamma",
        model: "The model",
        status: "ok, boundary (no drop-out or spread can be told), not converged",
        message: "What the status means, in words",
        parameters: "The fitted parameters, by name; time in `unit`",
        standard_errors: "Their standard errors, from the observed information",
        log_likelihood: "Natural logarithm of the likelihood, in the timing form",
        aic: "Akaike's criterion",
        bic: "Schwarz's criterion",
        likelihood_ratio: "Twice the log-likelihood gained over NBD",
        customers: {description: "Customers fitted", unit: "people"},
        orders: "Their orders, those of a day merged",
        one_timers: {description: "Customers with one order", unit: "people"},
        truncated: {description: "Customers first seen in the first four weeks of the data", unit: "people"},
        unit: "The unit of time",
        basis: "revenue or margin",
        first_order: "Whether first orders count towards order values",
        until: "The last day observed",
        horizon: "How far ahead the forecast looks",
        discount_rate: "The annual discount rate: 0.1 for 10%",
        margin: "The margin, where it is one share for all orders",
        starts: "Points the search started from",
        evaluations: "Evaluations of the likelihood",
        condition_number: "Of the observed information: large where parameters trade off",
        data_hash: "Hash of the histories fitted"
      }
    },
    inputs: ["derived.value_orders"],
    usesAsOf: true,
    content: [settings, 4],
    async prepare({database, asOf}) {
      const until = lastDay(asOf, workspace.time_zone);
      const histories = await presentHistories(database, until, settings);
      const made = sharedForecast(histories, settings);
      const hash = await dataHash(database, histories);
      return [
        fitRow("asked", made.fitted.fit, histories, settings, hash),
        ...(made.used ? [fitRow("orders", made.used.fit, histories, settings, hash)] : []),
        fitRow("order_value", made.spend, histories, settings, hash)
      ];
    },
    async build({database}, rows) {
      await database.run(
        `create table derived.value_fit__new as
         select part, model, status, message::varchar as message, parameters, standard_errors,
           log_likelihood::double as log_likelihood, aic::double as aic, bic::double as bic,
           likelihood_ratio::double as likelihood_ratio, customers::integer as customers, orders::integer as orders,
           one_timers::integer as one_timers, truncated::integer as truncated, unit, basis,
           first_order::boolean as first_order, until::date as until, horizon,
           discount_rate::double as discount_rate, margin::double as margin, starts::integer as starts,
           evaluations::integer as evaluations, condition_number::double as condition_number, data_hash
         from (${valuesSql(rows)}) as fits (part, model, status, message, parameters, standard_errors, log_likelihood,
           aic, bic, likelihood_ratio, customers, orders, one_timers, truncated, unit, basis, first_order, until, horizon,
           discount_rate, margin, starts, evaluations, condition_number, data_hash)`
      );
    }
  });
}

function fitRow(part: string, fit: Fit, histories: Histories, settings: ValueDefinition, hash: string): unknown[] {
  const isFitted = Object.keys(fit.params).length > 0;
  return [
    part,
    fit.model,
    fit.status,
    fit.message,
    fit.params,
    fit.standardErrors ?? {},
    isFitted ? fit.logLikelihood : null,
    isFitted ? fit.aic : null,
    isFitted ? fit.bic : null,
    fit.likelihoodRatio,
    histories.customers,
    histories.orders,
    histories.oneTimers,
    histories.truncated,
    settings.unit,
    settings.margin === undefined ? "revenue" : "margin",
    settings.first_order ? 1 : 0,
    histories.until,
    settings.horizons[0],
    settings.discount_rate,
    typeof settings.margin === "number" ? settings.margin : null,
    fit.starts,
    fit.evaluations,
    fit.conditionNumber,
    hash
  ];
}

async function dataHash(database: Database, {table}: Histories): Promise<string> {
  return (await database.value<string>(
    `select coalesce(md5(sum(hash(x, tx_units, t_units, spend_orders, spend_mean)::hugeint)::varchar), '') from ${table}`
  ))!;
}
