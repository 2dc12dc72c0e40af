import {conditionNumber, inverse} from "../stats/matrix.js";
import {gammaGamma, type Spend} from "./gammaGamma.js";
import type {PurchaseModel} from "./model.js";
import {nbd} from "./nbd.js";
import {everyNth, nearStarts, refine, search, type Best} from "./search.js";
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
  const orders = repeatOrders(data);
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
  const scaled = scaleTime(data, scale);
  const {starts, curvature} = nearStarts(model.starts, data.x.length, (every) => {
    const some = {...scaled, ...everyNth(scaled, every)};
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
 * The most likely parameters of data much like those of a fit, from its parameters and its curvature on; undefined where
 * the search does not settle, or ends without a bound.
 */
export function refitPurchases(model: PurchaseModel, fit: Fit, data: Summary): number[] | undefined {
  const scale = model.isDiscrete ? 1 : data.T.reduce((a, b) => Math.max(a, b), 0) / 10;
  const scaled = scaleTime(data, scale);
  const start = model.rescale(
    model.parameters.map((name) => fit.params[name]!),
    1 / scale
  );
  const found = refine(start, fit.logCovariance, (parameters) => model.logLikelihood(parameters, scaled), count(data));
  return found && model.rescale(found, scale);
}

/** The same of order values. */
export function refitSpend(fit: Fit, data: Spend): number[] | undefined {
  const [p, q, v] = gammaGamma.parameters.map((name) => fit.params[name]!) as [number, number, number];
  const scaled = {...data, mean: data.mean.map((mean) => mean / v)};
  const found = refine(
    [p, q, 1],
    fit.logCovariance,
    (at) => gammaGamma.logLikelihood(at, scaled),
    count(data),
    spendFloors
  );
  return found && [found[0]!, found[1]!, found[2]! * v];
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
  const {starts, curvature} = nearStarts(
    gammaGamma.starts,
    data.x.length,
    (every) => {
      const some = everyNth(scaled, every);
      return [(parameters) => gammaGamma.logLikelihood(parameters, some), count(some)];
    },
    spendFloors
  );
  const best = search(starts, (parameters) => gammaGamma.logLikelihood(parameters, scaled), n, spendFloors, curvature);
  const params = [best.parameters[0]!, best.parameters[1]!, best.parameters[2]! * median];
  const logLikelihood = best.value - n * Math.log(median);
  const fit = assemble(name, gammaGamma.parameters, params, logLikelihood, best, n, spendFloors);
  if (fit.status === "ok" && (params[1]! - 1 < 1e-4 || params[1]! > 1e6 || params[0]! > 1e6)) {
    fit.status = "boundary";
    fit.message =
      params[1]! - 1 < 1e-4
        ? "order values are so uneven that their mean has no bound: expected order values are not shown"
        : "customers' order values do not differ beyond chance: the overall mean is expected of everybody";
  }
  return fit;
}

function repeatOrders({x, weight}: Summary): number {
  return x.reduce((sum, orders, i) => sum + orders * weight[i]!, 0);
}

function scaleTime(data: Summary, scale: number): Summary {
  return {
    x: data.x,
    tx: data.tx.map((t) => t / scale),
    T: data.T.map((t) => t / scale),
    weight: data.weight,
    logGaps: data.logGaps === undefined ? undefined : data.logGaps - repeatOrders(data) * Math.log(scale)
  };
}

/** q lies above 1. */
const spendFloors = [0, 1, 0];

/** Repeat customers below which no purchase model is fitted. */
const fewest = 5;

function assemble(
  model: string,
  names: readonly string[],
  params: number[],
  logLikelihood: number,
  best: Best,
  n: number,
  floors: number[] = []
): Fit {
  const named = (values: number[]) => Object.fromEntries(names.map((name, i) => [name, values[i]!]));
  let known: Curvature | undefined;
  const curvature = () => (known ??= curvatureOf(best, params, floors));
  return {
    model,
    params: named(params),
    // Whoever asks for nothing but the parameters does not pay for these.
    get standardErrors() {
      const {errors} = curvature();
      return errors && named(errors);
    },
    get logCovariance() {
      return curvature().covariance;
    },
    get conditionNumber() {
      return curvature().conditionNumber;
    },
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
    starts: best.starts
  };
}

interface Curvature {
  covariance: number[][] | null;
  errors: number[] | null;
  conditionNumber: number | null;
}

/** What the likelihood's bending at its highest point says of the parameters; nulls where it is singular there. */
function curvatureOf(best: Best, params: number[], floors: number[]): Curvature {
  const information = best.information();
  const covariance = inverse(information);
  if (!covariance?.every((row, i) => row[i]! > 0 && row.every(Number.isFinite)))
    return {covariance: null, errors: null, conditionNumber: null};
  return {
    covariance,
    // The delta method: with parameter = floor + exp(phi), d parameter / d phi = parameter − floor.
    errors: params.map((p, i) => (p - (floors[i] ?? 0)) * Math.sqrt(covariance[i]![i]!)),
    conditionNumber: conditionNumber(information)
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
