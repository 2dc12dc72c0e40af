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
  /** In how many futures they order at all, given `#known` orders; */
  #buying = 0;
  #known: number | undefined;
  /** what the orders of these are worth where the mean order value is drawn at rate 1; */
  readonly #worth: Float64Array;
  /** and their last Gamma-Gamma parameter. */
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
    this.#scales = new Float64Array(parameters.length);
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
    const [worth, scales] = [this.#worth, this.#scales];
    const values = this.#values.subarray(0, this.#buying);
    for (let i = 0; i < values.length; ++i) values[i] = factor * (scales[i]! + spent) * worth[i]!;
    const zeros = worth.length - values.length;
    return [quantile(values, zeros, (1 - level) / 2), quantile(values, zeros, (1 + level) / 2)];
  }

  #drawWorth(known: number): void {
    this.#known = known;
    this.#buying = 0;
    const [spend, uniform] = [this.#spend, this.#uniform];
    for (let k = 0; k < this.#orders.length; ++k) {
      const count = this.#orders[k]!;
      if (count === 0) continue;
      const vector = spend[k % spend.length]!;
      const worth = drawGamma(vector[0]! * count, uniform) / drawGamma(vector[1]! + vector[0]! * known, uniform);
      if (!(worth > 0)) continue;
      this.#worth[this.#buying] = worth;
      this.#scales[this.#buying++] = vector[2]!;
    }
  }
}

/** A quantile of so many zeros and positive values, which it reorders. */
function quantile(values: Float64Array, zeros: number, p: number): number {
  const last = zeros + values.length - 1;
  const place = last * p;
  const rank = Math.floor(place) - zeros;
  const low = rank < 0 ? 0 : select(values, rank);
  // What stands behind the place selected is no less: the least of it comes next.
  const high = rank < -1 ? 0 : rank === values.length - 1 ? low : least(values, rank + 1);
  return low + (high - low) * (place - Math.floor(place));
}

/** The least of the values from a place on. */
function least(values: Float64Array, from: number): number {
  let result = Infinity;
  for (let i = from; i < values.length; ++i) if (values[i]! < result) result = values[i]!;
  return result;
}
