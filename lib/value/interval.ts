import {drawGamma, drawNormal} from "../stats/draw.js";
import {cholesky} from "../stats/matrix.js";
import {random, type Random} from "../stats/random.js";
import {fitPurchases, type Fit} from "./fit.js";
import type {PurchaseForecast, PurchaseModel} from "./model.js";
import {summarise, type Summary} from "./summary.js";

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
 * length of time, rounded to the same grain (`step`, in the summary's unit), and the model fitted again.
 */
export function bootstrapParameters(
  model: PurchaseModel,
  fit: Fit,
  data: Summary,
  {draws, seed}: DrawOptions,
  step = 0
): number[][] {
  const parameters = model.parameters.map((name) => fit.params[name]!);
  const forecast = model.at(parameters);
  const uniform = random(seed);
  const again: PurchaseModel = {...model, starts: [parameters]};
  const vectors: number[][] = [];
  for (let k = 0; k < draws; ++k) {
    const [x, tx, T]: [number[], number[], number[]] = [[], [], []];
    let logGaps = 0;
    for (let i = 0; i < data.x.length; ++i) {
      for (let customer = 0; customer < data.weight[i]!; ++customer) {
        const history = forecast.history(data.T[i]!, uniform);
        x.push(history.x);
        tx.push(step > 0 ? Math.min(data.T[i]!, Math.round(history.tx / step) * step) : history.tx);
        T.push(data.T[i]!);
        logGaps += history.logGaps;
      }
    }
    const drawn = {...summarise(x, tx, T), logGaps};
    const near = x.length > stepsBeyond ? stepTowards(model, fit, drawn) : undefined;
    if (near) {
      vectors.push(near);
      continue;
    }
    const refit = fitPurchases(scaledStarts(again, T), drawn, {comparesNbd: false});
    if (refit.status === "ok") vectors.push(model.parameters.map((name) => refit.params[name]!));
  }
  return vectors;
}

/** Customers beyond which the likelihood is so nearly quadratic that steps of Newton's stand for a refit. */
const stepsBeyond = 5_000;

/**
 * Three steps from the fit towards the most likely parameters of other data, with the fit's own information: each leaves
 * an error smaller by the root of n. Davidson & MacKinnon (1999), "Bootstrap testing in nonlinear models", International
 * Economic Review 40(2). Undefined where they do not settle.
 */
function stepTowards(model: PurchaseModel, {params, logCovariance}: Fit, data: Summary): number[] | undefined {
  let parameters = model.parameters.map((name) => params[name]!);
  if (!logCovariance) return undefined;
  let size = Infinity;
  for (let step = 0; step < 3; ++step) {
    const {gradient} = model.logLikelihood(parameters, data);
    const slopes = gradient.map((g, i) => g * parameters[i]!);
    const change = logCovariance.map((row) => row.reduce((sum, covariance, j) => sum + covariance * slopes[j]!, 0));
    size = Math.max(...change.map(Math.abs));
    if (!(size < 1)) return undefined;
    parameters = parameters.map((p, i) => p * Math.exp(change[i]!));
  }
  return size < 0.01 ? parameters : undefined;
}

/** A start given in the summary's unit, as the fit wants it: for time scaled so that the longest history is 10. */
function scaledStarts(model: PurchaseModel, T: number[]): PurchaseModel {
  if (model.isDiscrete) return model;
  const longest = T.reduce((a, b) => Math.max(a, b), 0);
  return {...model, starts: model.starts.map((start) => model.rescale(start, 10 / longest))};
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
  readonly #values: Float64Array;
  readonly #uniform: Random;

  /** One future per parameter vector; `spend` are Gamma-Gamma vectors, used in turn. */
  constructor(model: PurchaseModel, parameters: number[][], spend: number[][], seed: number) {
    this.#forecasts = parameters.map((p) => model.at(p));
    this.#spend = spend;
    this.#orders = new Float64Array(parameters.length);
    this.#worth = new Float64Array(parameters.length);
    this.#values = new Float64Array(parameters.length);
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
    for (let k = 0; k < this.#values.length; ++k) {
      const [, , v] = this.#spend[k % this.#spend.length]! as [number, number, number];
      this.#values[k] = factor * (v + orders * mean) * this.#worth[k]!;
    }
    this.#values.sort();
    return [quantile(this.#values, (1 - level) / 2), quantile(this.#values, (1 + level) / 2)];
  }

  #drawWorth(known: number): void {
    this.#known = known;
    for (let k = 0; k < this.#worth.length; ++k) {
      const [p, q] = this.#spend[k % this.#spend.length]! as [number, number, number];
      const count = this.#orders[k]!;
      this.#worth[k] = count === 0 ? 0 : drawGamma(p * count, this.#uniform) / drawGamma(q + p * known, this.#uniform);
    }
  }
}

function quantile(sorted: Float64Array, p: number): number {
  const place = (sorted.length - 1) * p;
  const low = Math.floor(place);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a + (b - a) * (place - low);
}
