import {minimise, type Minimum, type Objective} from "../stats/bfgs.js";
import {cholesky, inverse} from "../stats/matrix.js";

/** A summed log-likelihood and its derivatives by the parameters. */
export type LogLikelihood = (parameters: number[]) => {value: number; gradient: number[]};

export interface Best {
  parameters: number[];
  value: number;
  isConverged: boolean;
  evaluations: number;
  starts: number;
  /** Parameters that the data would have at zero or without bound. */
  runaway: number[];
  /** Of the mean negative log-likelihood over the logarithms, times n: as many evaluations as the search often takes. */
  information(): number[][];
}

/** Multi-start maximisation; `curvature` is the inverse Hessian of the loss at the first start. */
export function search(
  starts: number[][],
  logLikelihood: LogLikelihood,
  n: number,
  floors: number[] = [],
  curvature?: number[][]
): Best {
  const objective = meanLoss(logLikelihood, n, floors);
  let evaluations = 0;
  const minima: Minimum[] = [];
  for (const start of starts) {
    const minimum = minimise(objective, coordinatesOf(start, floors), {inverse: curvature});
    evaluations += minimum.evaluations;
    minima.push(minimum);
    if (minima.filter((m) => m.isConverged && Math.abs(m.value - minimum.value) < 1e-10).length > 1) break;
  }
  const best = minima.reduce((a, b) =>
    b.value < a.value - 1e-12 || (b.isConverged && !a.isConverged && b.value <= a.value) ? b : a
  );
  const runaway = runawayOf(best.point);
  return {
    parameters: parametersAt(best.point, floors),
    value: -best.value * n,
    // Where a parameter has run away the likelihood is flat, and its last digits hide the slope.
    isConverged: best.isConverged || (runaway.length > 0 && best.gradient.every((g) => Math.abs(g) < 1e-4)),
    evaluations,
    starts: minima.length,
    runaway,
    information: () => informationAt(objective, best.point, n)
  };
}

/** By the difference of gradients to both sides. */
function informationAt(objective: Objective, point: number[], n: number): number[][] {
  const h = 1e-4;
  const information = point.map((_, i) => {
    const shifted = (delta: number) => objective(point.map((p, j) => (i === j ? p + delta : p))).gradient;
    const [up, down] = [shifted(h), shifted(-h)];
    return up.map((g, j) => (n * (g - down[j]!)) / (2 * h));
  });
  return information.map((row, i) => row.map((value, j) => (value + information[j]![i]!) / 2));
}

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
export function nearStarts(
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
    const covariance = inverse(best.information());
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

/**
 * The highest point near another fit's, from its parameters and its covariance (of the coordinates) on; undefined where
 * the search does not settle, or ends without a bound.
 */
export function refine(
  start: number[],
  covariance: number[][] | null,
  logLikelihood: LogLikelihood,
  n: number,
  floors: number[] = []
) {
  const {point, isConverged} = minimise(meanLoss(logLikelihood, n, floors), coordinatesOf(start, floors), {
    tolerance: 1e-7,
    maxEvaluations: 100,
    inverse: covariance?.map((row) => row.map((value) => value * n))
  });
  return isConverged && runawayOf(point).length === 0 ? parametersAt(point, floors) : undefined;
}

/**
 * Where a logarithm of a (scaled) parameter counts as run away: beyond it the search is held back, so that a likelihood
 * that rises for ever still has a highest point.
 */
const far = 11;

/** Parameters from the search's coordinates: each is its floor plus an exponential. */
const parametersAt = (phi: number[], floors: number[]) => phi.map((p, i) => (floors[i] ?? 0) + Math.exp(p));
const coordinatesOf = (parameters: number[], floors: number[]) =>
  parameters.map((p, i) => Math.log(p - (floors[i] ?? 0)));

/** The mean negative log-likelihood over those coordinates, rising without bound beyond `far`. */
function meanLoss(logLikelihood: LogLikelihood, n: number, floors: number[]): Objective {
  return (phi) => {
    if (phi.some((p) => Math.abs(p) > 2 * far)) return {value: Infinity, gradient: phi.map(() => 0)};
    const {value, gradient} = logLikelihood(parametersAt(phi, floors));
    const beyond = phi.map((p) => Math.sign(p) * Math.max(0, Math.abs(p) - far));
    return {
      value: -value / n + beyond.reduce((sum, b) => sum + 0.5 * b * b, 0),
      gradient: gradient.map((g, i) => (-g * Math.exp(phi[i]!)) / n + beyond[i]!)
    };
  };
}

/** Parameters that the data would have at zero or without bound. */
const runawayOf = (phi: number[]) => phi.flatMap((p, i) => (Math.abs(p) > far - 1 ? [i] : []));

/** Every so many of the rows of a table of columns. */
export function everyNth<T extends {weight: Float64Array}>(columns: T, every: number): T {
  const thin = (column: Float64Array) => {
    const length = Math.ceil(column.length / every);
    return Float64Array.from({length}, (_, i) => column[i * every]!);
  };
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, column instanceof Float64Array ? thin(column) : column])
  ) as T;
}
