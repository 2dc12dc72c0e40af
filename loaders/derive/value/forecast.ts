import type {ValueDefinition} from "../../../lib/definitions/value.js";
import {fitSpend, type Fit} from "../../../lib/value/fit.js";
import {gammaGamma} from "../../../lib/value/gammaGamma.js";
import {fitNamed, type FittedModel} from "../../../lib/value/models.js";
import type {Histories} from "./histories.js";

/** The fits that a forecast stands on. */
export interface Forecast {
  /** As asked for. */
  fitted: FittedModel;
  /** What the forecast uses: NBD where no drop-out could be told; undefined where nothing can be forecast. */
  used: FittedModel | undefined;
  /** Whether P(alive) means something. */
  hasPAlive: boolean;
  spend: Fit;
  /** The parameters of Gamma-Gamma; undefined where the overall mean stands in. */
  spendParameters: number[] | undefined;
  /** Mean value of an order over all customers. */
  meanOrderValue: number;
}

/** Fits the purchase model and the order values to customers' histories. */
export function forecast(histories: Histories, settings: Pick<ValueDefinition, "model">): Forecast {
  const fitted = fitNamed(settings.model, histories.summary);
  const usable = ({fit}: FittedModel) => fit.status !== "not converged" && Object.keys(fit.params).length > 0;
  const fallback = fitted.fit.hasDropOut === false ? fitNamed("nbd", histories.summary) : undefined;
  const used = [fallback ?? fitted].find(usable);
  const spend = fitSpend(histories.spend);
  const {x, mean, weight} = histories.spend;
  let [orders, money] = [0, 0];
  for (let i = 0; i < x.length; ++i) {
    orders += weight[i]! * x[i]!;
    money += weight[i]! * x[i]! * mean[i]!;
  }
  return {
    fitted,
    used,
    hasPAlive: used !== undefined && used.model.hasDropOut,
    spend,
    spendParameters: spend.status === "ok" ? gammaGamma.parameters.map((name) => spend.params[name]!) : undefined,
    meanOrderValue: orders > 0 ? money / orders : 0
  };
}

/** SQL of a customer's expected order value over `customers.spend_orders` and `customers.spend_mean`. */
export function orderValueSql({spendParameters, meanOrderValue}: Forecast): string {
  if (!spendParameters) return `${meanOrderValue}::double`;
  const [p, q, v] = spendParameters.map((parameter) => `${parameter}::double`);
  const known = "case when customers.spend_mean > 0 then customers.spend_orders else 0 end";
  const total = "case when customers.spend_mean > 0 then customers.spend_orders * customers.spend_mean else 0 end";
  return `(${p} * (${v} + ${total}) / (${p} * ${known} + ${q} - 1))::double`;
}
