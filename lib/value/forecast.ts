import {fitSpend, type Fit} from "./fit.js";
import {gammaGamma, type Spend} from "./gammaGamma.js";
import {fitNamed, type FittedModel} from "./models.js";
import type {Summary} from "./summary.js";

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

/** Fits the purchase model of that name and the order values to customers' histories. */
export function forecast(histories: {summary: Summary; spend: Spend}, {model}: {model: string}): Forecast {
  const fitted = fitNamed(model, histories.summary);
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
