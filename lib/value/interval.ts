import {drawGamma, drawNormal} from "../stats/draw.js";
import {cholesky} from "../stats/matrix.js";
import {random, type Random} from "../stats/random.js";
import {select} from "../stats/select.js";
import {refitPurchases, refitSpend, type Fit} from "./fit.js";
import {gammaGamma, type Spend} from "./gammaGamma.js";
import type {PurchaseForecast, PurchaseModel} from "./model.js";
import {count, summarise, type Summary} from "./summary.js";

export interface DrawOptions {
  /** How many parameter vectors. */
  draws: number;
  seed: number;
}

/**
 * Parameter vectors that the data allow, by their asymptotic normal distribution on the log scale (Gamma-Gamma: ln(q − 1)
 * with `floors` [0, 1, 0]). Undefined where the fit has no covariance.
 */
export function drawParameters(fit: Fit, names: readonly string[], options: DrawOptions, floors: number[] = []) {
  const root = fit.logCovariance && cholesky(fit.logCovariance);
  if (!root) return undefined;
  const uniform = random(options.seed);
  const center = names.map((name, i) => Math.log(fit.params[name]! - (floors[i] ?? 0)));
  return Array.from({length: options.draws}, () => {
    const z = names.map(() => drawNormal(uniform));
    return center.map((c, i) => (floors[i] ?? 0) + Math.exp(c + root[i]!.reduce((sum, l, j) => sum + l * z[j]!, 0)));
  });
}

/**
 * Parameter vectors by parametric bootstrap: every customer's history drawn anew from the fitted model over the same
 * length of time, rounded to the same grain (`step`, in the summary's unit), and the model fitted again. Draws whose fit
 * does not settle are left out.
 */
export function bootstrapParameters(
  model: PurchaseModel,
  fit: Fit,
  data: Summary,
  {draws, seed}: DrawOptions,
  step = 0
): number[][] {
  const forecast = model.at(model.parameters.map((name) => fit.params[name]!));
  const uniform = random(seed);
  const n = count(data);
  const [x, tx, T] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  return Array.from({length: draws}, () => {
    let logGaps = 0;
    let customer = 0;
    for (let i = 0; i < data.x.length; ++i) {
      const age = data.T[i]!;
      for (let k = 0; k < data.weight[i]!; ++k, ++customer) {
        const history = forecast.history(age, uniform);
        x[customer] = history.x;
        tx[customer] = step > 0 ? Math.min(age, Math.round(history.tx / step) * step) : history.tx;
        T[customer] = age;
        logGaps += history.logGaps;
      }
    }
    return refitPurchases(model, fit, {...summarise(x, tx, T), logGaps});
  }).filter((vector) => vector !== undefined);
}

/** The same of Gamma-Gamma: every customer's mean order value drawn anew for the same number of orders. */
export function bootstrapSpend(fit: Fit, data: Spend, {draws, seed}: DrawOptions): number[][] {
  const [p, q, v] = gammaGamma.parameters.map((name) => fit.params[name]!) as [number, number, number];
  const uniform = random(seed);
  const n = count(data);
  const drawn = {x: new Float64Array(n), mean: new Float64Array(n), weight: new Float64Array(n).fill(1)};
  for (let i = 0, customer = 0; i < data.x.length; ++i) {
    for (let k = 0; k < data.weight[i]!; ++k) drawn.x[customer++] = data.x[i]!;
  }
  return Array.from({length: draws}, () => {
    for (let i = 0; i < n; ++i) {
      const orders = drawn.x[i]!;
      drawn.mean[i] = ((drawGamma(p * orders, uniform) / drawGamma(q, uniform)) * v) / orders;
    }
    return refitSpend(fit, drawn);
  }).filter((vector) => vector !== undefined);
}

export interface SpendHistory {
  /** Orders whose values are known, and their mean. */
  orders: number;
  mean: number;
}

/** Draws futures of customers: how many orders, and what they are worth. */
export class FutureDraws {
  readonly #forecasts: PurchaseForecast[];
  readonly #spend: number[][];
  readonly #orders: Float64Array;
  /** What the orders are worth where the mean order value is drawn at rate 1, given `#known` orders. */
  readonly #worth: Float64Array;
  #known: number | undefined;
  /** The futures in which they order at all. */
  readonly #buying: number[] = [];
  /** The last Gamma-Gamma parameter of each future. */
  readonly #scales: Float64Array;
  readonly #values: Float64Array;
  readonly #uniform: Random;

  /** One future per parameter vector; `spend` are Gamma-Gamma vectors, used in turn. */
  constructor(model: PurchaseModel, parameters: number[][], spend: number[][], seed: number) {
    this.#forecasts = parameters.map((p) => model.at(p));
    this.#spend = spend;
    this.#orders = new Float64Array(parameters.length);
    this.#worth = new Float64Array(parameters.length);
    this.#values = new Float64Array(parameters.length);
    this.#scales = Float64Array.from(parameters, (_, k) => spend[k % spend.length]![2]!);
    this.#uniform = random(seed);
  }

  /** Draws the orders of customers with this history within the horizon; `interval` then values them. */
  drawOrders(horizon: number, x: number, tx: number, T: number): void {
    for (let k = 0; k < this.#forecasts.length; ++k) {
      this.#orders[k] = this.#forecasts[k]!.simulate(horizon, x, tx, T, this.#uniform);
    }
    this.#known = undefined;
  }

  /**
   * The interval that holds `level` of the drawn values of one such customer: the mean order value is drawn given the
   * orders seen, then the orders' sum; `factor` is what a unit of money counts for (discount, margin). Customers alike in
   * everything but the mean share their draws.
   */
  interval({orders, mean}: SpendHistory, factor: number, level = 0.9): [number, number] {
    if (this.#known !== orders) this.#drawWorth(orders);
    // Most people order nothing in many of their futures: those are worth zero, the least there is.
    const spent = orders * mean;
    let positive = 0;
    for (const k of this.#buying) this.#values[positive++] = factor * (this.#scales[k]! + spent) * this.#worth[k]!;
    const values = this.#values.subarray(0, positive);
    const zeros = this.#worth.length - positive;
    return [quantile(values, zeros, (1 - level) / 2), quantile(values, zeros, (1 + level) / 2)];
  }

  #drawWorth(known: number): void {
    this.#known = known;
    this.#buying.length = 0;
    for (let k = 0; k < this.#worth.length; ++k) {
      const [p, q] = this.#spend[k % this.#spend.length]! as [number, number, number];
      const count = this.#orders[k]!;
      this.#worth[k] = count === 0 ? 0 : drawGamma(p * count, this.#uniform) / drawGamma(q + p * known, this.#uniform);
      if (this.#worth[k]! > 0) this.#buying.push(k);
    }
  }
}

/** A quantile of so many zeros and positive values, which it reorders. */
function quantile(values: Float64Array, zeros: number, p: number): number {
  const last = zeros + values.length - 1;
  const place = last * p;
  const low = Math.floor(place);
  const at = (rank: number) => (rank < zeros ? 0 : select(values, rank - zeros));
  const a = at(low);
  return a + (at(Math.min(low + 1, last)) - a) * (place - low);
}
