import {minimise, type Minimum, type Objective} from "../stats/bfgs.js";
import {cholesky, conditionNumber, inverse} from "../stats/matrix.js";
import {gammaGamma, type Spend} from "./gammaGamma.js";
import type {PurchaseModel} from "./model.js";
import {nbd} from "./nbd.js";
import {count, type Summary} from "./summary.js";

/** `boundary`: the data show no drop-out (or no spread), so P(alive) means nothing; `not converged`: do not use it. */
export type FitStatus = "ok" | "boundary" | "not converged";

export interface Fit {
  model: string;
  params: Record<string, number>;
  /** By the observed information on the log scale and the delta method; null where it is singular. */
  standardErrors: Record<string, number> | null;
  /** Covariance of the parameters' logarithms (of ln(q − 1) for Gamma-Gamma), in their order; null where singular. */
  logCovariance: number[][] | null;
  logLikelihood: number;
  aic: number;
  bic: number;
  /** Twice the log-likelihood's gain over NBD, for the models with drop-out. */
  likelihoodRatio: number | null;
  status: FitStatus;
  /** Whether drop-out can be told from these data; null where the model has none to tell. */
  hasDropOut: boolean | null;
  /** In plain words, where the status is not ok. */
  message: string | null;
  n: number;
  evaluations: number;
  starts: number;
  conditionNumber: number | null;
}

/**
 * Fits a purchase model by maximum likelihood: BFGS over the logarithms of the parameters, time scaled so that the
 * longest history is 10, from several starts. Parameters are returned in the summary's unit of time. Whether drop-out can
 * be told is asked by fitting NBD too, unless `comparesNbd` is false.
 */
export function fitPurchases(model: PurchaseModel, data: Summary, {comparesNbd = true} = {}): Fit {
  const n = count(data);
  const longest = data.T.reduce((a, b) => Math.max(a, b), 0);
  const orders = data.x.reduce((sum, x, i) => sum + x * data.weight[i]!, 0);
  if (n === 0) return empty(model.name, n, "no customers");
  if (!(longest > 0))
    return empty(model.name, n, "every customer's history has length zero: there is nothing to fit yet");
  if (orders === 0)
    return empty(model.name, n, "nobody has ordered twice: repeat orders cannot be forecast from these data");
  const repeaters = data.x.reduce((sum, x, i) => sum + (x > 0 ? data.weight[i]! : 0), 0);
  if (!model.isDiscrete && repeaters < fewest) {
    return empty(model.name, n, `fewer than ${fewest} customers have ordered twice: too few to tell their rates apart`);
  }
  const refused = model.refuse?.(data);
  if (refused) return {...empty(model.name, n, refused), status: "boundary"};
  const scale = model.isDiscrete ? 1 : longest / 10;
  const scaled = {
    x: data.x,
    tx: data.tx.map((t) => t / scale),
    T: data.T.map((t) => t / scale),
    weight: data.weight,
    logGaps: data.logGaps === undefined ? undefined : data.logGaps - orders * Math.log(scale)
  };
  const {starts, curvature} = nearStarts(model.starts, data.x.length, (every) => {
    const some = {...scaled, ...part(scaled, every)};
    return [(parameters) => model.logLikelihood(parameters, some), count(some)];
  });
  const best = search(starts, (parameters) => model.logLikelihood(parameters, scaled), n, [], curvature);
  const params = model.rescale(best.parameters, scale);
  // The timing form is a density of order times: each order's density carries one unit of time.
  const logLikelihood = best.value - orders * Math.log(scale);
  const result = assemble(model.name, model.parameters, params, logLikelihood, best, n);
  if (!comparesNbd || !model.hasDropOut || model.isDiscrete) return result;
  const likelihoodRatio = 2 * (logLikelihood - fitPurchases(nbd, data).logLikelihood);
  result.likelihoodRatio = likelihoodRatio;
  if (result.status === "not converged") return result;
  result.hasDropOut = !(likelihoodRatio < 5.99 || isFlat(model, params));
  if (!result.hasDropOut) {
    result.status = "boundary";
    result.message =
      "no drop-out can be told from these data: P(alive) is not shown, and plain NBD describes them as well";
  }
  return result;
}

/**
 * Fits Gamma-Gamma to the mean values of `x` orders each (repeat orders, or all of them). Money is scaled by its median;
 * q is held above 1, so that a mean exists.
 */
export function fitSpend(data: Spend): Fit {
  const n = count(data);
  const name = gammaGamma.name;
  if (data.mean.some((mean) => !(mean > 0))) throw new RangeError("mean order values must be positive");
  if (n < 3)
    return empty(name, n, "fewer than three customers with a positive order value: their spread cannot be estimated");
  const sorted = Float64Array.from(data.mean).sort();
  if (sorted[0] === sorted[sorted.length - 1]) {
    return {
      ...empty(name, n, "every customer's mean order value is the same: it is expected of everybody"),
      status: "boundary"
    };
  }
  const median = sorted[sorted.length >> 1]!;
  const scaled = {x: data.x, mean: data.mean.map((m) => m / median), weight: data.weight};
  const floors = [0, 1, 0];
  const {starts, curvature} = nearStarts(
    gammaGamma.starts,
    data.x.length,
    (every) => {
      const some = part(scaled, every);
      return [(parameters) => gammaGamma.logLikelihood(parameters, some), count(some)];
    },
    floors
  );
  const best = search(starts, (parameters) => gammaGamma.logLikelihood(parameters, scaled), n, floors, curvature);
  const params = [best.parameters[0]!, best.parameters[1]!, best.parameters[2]! * median];
  const logLikelihood = best.value - n * Math.log(median);
  const fit = assemble(name, gammaGamma.parameters, params, logLikelihood, best, n, floors);
  if (fit.status === "ok" && (params[1]! - 1 < 1e-4 || params[1]! > 1e6 || params[0]! > 1e6)) {
    fit.status = "boundary";
    fit.message =
      params[1]! - 1 < 1e-4
        ? "order values are so uneven that their mean has no bound: expected order values are not shown"
        : "customers' order values do not differ beyond chance: the overall mean is expected of everybody";
  }
  return fit;
}

/**
 * Where a logarithm of a (scaled) parameter counts as run away: beyond it the search is held back, so that a likelihood
 * that rises for ever still has a highest point.
 */
const far = 11;

/** Repeat customers below which no purchase model is fitted. */
const fewest = 5;

interface Best {
  parameters: number[];
  value: number;
  isConverged: boolean;
  evaluations: number;
  starts: number;
  /** Parameters that the data would have at zero or without bound. */
  runaway: number[];
  /** Of the mean negative log-likelihood over the logarithms, times n. */
  information: number[][];
}

type LogLikelihood = (parameters: number[]) => {value: number; gradient: number[]};

interface Start {
  starts: number[][];
  /** The inverse Hessian there, of the mean negative log-likelihood. */
  curvature?: number[][];
}

/**
 * Where to start from, and how the likelihood bends there: of many rows, what every so many of them say. `partial` gives
 * the log-likelihood of such a part, and how many customers it holds. What has no bound in a small part may have one in
 * a larger.
 */
function nearStarts(
  starts: number[][],
  rows: number,
  partial: (every: number) => [LogLikelihood, number],
  floors: number[] = []
): Start {
  if (starts.length === 1) return {starts};
  let near: Start = {starts};
  for (const size of [2_000, 20_000]) {
    if (rows <= 5 * size) return near;
    const [logLikelihood, n] = partial(Math.ceil(rows / size));
    const best = search(near.starts, logLikelihood, n, floors);
    if (!best.isConverged) return {starts};
    const covariance = inverse(best.information);
    const curvature = covariance && cholesky(covariance) && covariance.map((row) => row.map((value) => value * n));
    near = {starts: [best.parameters], curvature};
    if (best.runaway.length === 0) return near;
    if (size === 2_000) near.starts.push(pulledIn(best.parameters, floors));
  }
  return near;
}

/** Great parameters scaled down together, so that the ratios between them, which the data tell best, stay. */
function pulledIn(parameters: number[], floors: number[]): number[] {
  const excess = Math.max(1, ...parameters) / 100;
  return parameters.map((p, i) => (p > 100 && excess > 1 ? Math.max(p / excess, (floors[i] ?? 0) + 0.1) : p));
}

/** Every so many of the rows of a table of columns. */
function part<T extends {weight: Float64Array}>(columns: T, every: number): T {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      column instanceof Float64Array ? column.filter((_, i) => i % every === 0) : column
    ])
  ) as T;
}

/** Multi-start maximisation over phi, parameter = floor + exp(phi). */
function search(
  starts: number[][],
  logLikelihood: LogLikelihood,
  n: number,
  floors: number[] = [],
  curvature?: number[][]
): Best {
  const parametersAt = (phi: number[]) => phi.map((p, i) => (floors[i] ?? 0) + Math.exp(p));
  const objective: Objective = (phi) => {
    if (phi.some((p) => Math.abs(p) > 2 * far)) return {value: Infinity, gradient: phi.map(() => 0)};
    const {value, gradient} = logLikelihood(parametersAt(phi));
    const beyond = phi.map((p) => Math.sign(p) * Math.max(0, Math.abs(p) - far));
    return {
      value: -value / n + beyond.reduce((sum, b) => sum + 0.5 * b * b, 0),
      gradient: gradient.map((g, i) => (-g * Math.exp(phi[i]!)) / n + beyond[i]!)
    };
  };
  let evaluations = 0;
  const minima: Minimum[] = [];
  for (const start of starts) {
    const minimum = minimise(
      objective,
      start.map((p, i) => Math.log(p - (floors[i] ?? 0))),
      {inverse: curvature}
    );
    evaluations += minimum.evaluations;
    minima.push(minimum);
    if (minima.filter((m) => m.isConverged && Math.abs(m.value - minimum.value) < 1e-10).length > 1) break;
  }
  const best = minima.reduce((a, b) =>
    b.value < a.value - 1e-12 || (b.isConverged && !a.isConverged && b.value <= a.value) ? b : a
  );
  const h = 1e-4;
  const information = best.point.map((_, i) => {
    const shifted = (delta: number) => objective(best.point.map((p, j) => (i === j ? p + delta : p))).gradient;
    const [up, down] = [shifted(h), shifted(-h)];
    return up.map((g, j) => (n * (g - down[j]!)) / (2 * h));
  });
  const runaway = best.point.flatMap((p, i) => (Math.abs(p) > far - 1 ? [i] : []));
  const symmetric = information.map((row, i) => row.map((value, j) => (value + information[j]![i]!) / 2));
  return {
    parameters: parametersAt(best.point),
    value: -best.value * n,
    // Where a parameter has run away the likelihood is flat, and its last digits hide the slope.
    isConverged: best.isConverged || (runaway.length > 0 && best.gradient.every((g) => Math.abs(g) < 1e-4)),
    evaluations,
    starts: minima.length,
    runaway,
    information: symmetric
  };
}

function assemble(
  model: string,
  names: readonly string[],
  params: number[],
  logLikelihood: number,
  best: Best,
  n: number,
  floors: number[] = []
): Fit {
  const covariance = inverse(best.information);
  const isProper = covariance !== undefined && covariance.every((row, i) => row[i]! > 0 && row.every(Number.isFinite));
  // The delta method: with parameter = floor + exp(phi), d parameter / d phi = parameter − floor.
  const errors = isProper ? params.map((p, i) => (p - (floors[i] ?? 0)) * Math.sqrt(covariance[i]![i]!)) : null;
  const named = (values: number[]) => Object.fromEntries(names.map((name, i) => [name, values[i]!]));
  return {
    model,
    params: named(params),
    standardErrors: errors && named(errors),
    logCovariance: isProper ? covariance : null,
    logLikelihood,
    aic: 2 * names.length - 2 * logLikelihood,
    bic: names.length * Math.log(n) - 2 * logLikelihood,
    likelihoodRatio: null,
    status: !best.isConverged ? "not converged" : best.runaway.length > 0 ? "boundary" : "ok",
    hasDropOut: null,
    message: !best.isConverged
      ? "the search for the most likely parameters did not settle"
      : best.runaway.length > 0
        ? `these data leave ${best.runaway.map((i) => names[i]).join(" and ")} without a bound: customers differ less than the model allows for`
        : null,
    n,
    evaluations: best.evaluations,
    starts: best.starts,
    conditionNumber: isProper ? conditionNumber(best.information) : null
  };
}

/** Whether drop-out has vanished: a mean drop-out below 1e-4 an order, or below 1e-5 a unit of time. */
function isFlat(model: PurchaseModel, params: number[]): boolean {
  const [, , third, fourth] = params as [number, number, number, number];
  return model.parameters[2] === "s" ? third / fourth < 1e-5 : third / (third + fourth) < 1e-4;
}

function empty(model: string, n: number, message: string): Fit {
  return {
    model,
    params: {},
    standardErrors: null,
    logCovariance: null,
    logLikelihood: 0,
    aic: 0,
    bic: 0,
    likelihoodRatio: null,
    status: "not converged",
    hasDropOut: null,
    message,
    n,
    evaluations: 0,
    starts: 0,
    conditionNumber: null
  };
}
