/** Where rounding in the value hides further descent, a gradient this small counts as zero. */
const settled = 1e-7;

const maxStep = 2;

/** A function's value and gradient at a point. */
export type Objective = (point: number[]) => {value: number; gradient: number[]};

export interface Minimum {
  point: number[];
  value: number;
  gradient: number[];
  evaluations: number;
  isConverged: boolean;
}

export interface MinimiseOptions {
  tolerance?: number;
  maxEvaluations?: number;
  /** The inverse of the Hessian to begin with, where something is known of it. */
  inverse?: number[][];
}

/**
 * Minimises a smooth function by BFGS with an Armijo line search (Nocedal & Wright, Numerical Optimization, algorithm
 * 6.1). Made for log parameters: no step moves a coordinate by more than `maxStep`. A value that is not finite counts as
 * uphill. Converged when the largest gradient component is at most `tolerance`.
 */
export function minimise(
  objective: Objective,
  start: number[],
  {tolerance = 1e-9, maxEvaluations = 500, inverse: given}: MinimiseOptions = {}
): Minimum {
  const n = start.length;
  let point = start.slice();
  let {value, gradient} = objective(point);
  let evaluations = 1;
  let inverse = given ?? identity(n);
  let isFresh = given === undefined;
  while (evaluations < maxEvaluations && norm(gradient) > tolerance) {
    let direction = inverse.map((row) => -dot(row, gradient));
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      inverse = identity(n);
      isFresh = true;
      direction = gradient.map((g) => -g);
      slope = dot(direction, gradient);
    }
    // No step can gain more than rounding takes.
    if (norm(gradient) <= settled && -slope <= 1e-16 * Math.abs(value)) break;
    const longest = norm(direction);
    let step = longest > maxStep ? maxStep / longest : 1;
    let next: {value: number; gradient: number[]} | undefined;
    let candidate = point;
    while (evaluations < maxEvaluations && step > 1e-8) {
      candidate = point.map((p, i) => p + step * direction[i]!);
      const trial = objective(candidate);
      ++evaluations;
      const isLower = trial.value <= value + 1e-4 * step * slope;
      // Where rounding hides which value is lower the slope tells: the approximate Wolfe condition of Hager & Zhang (2005).
      const isLevel = Math.abs(trial.value - value) <= 1e-13 * Math.abs(value);
      if (
        Number.isFinite(trial.value) &&
        (isLower || (isLevel && Math.abs(dot(trial.gradient, direction)) <= 0.9 * -slope))
      ) {
        next = trial;
        break;
      }
      step *= 0.5;
    }
    if (!next) {
      if (isFresh || norm(gradient) <= settled) break;
      inverse = identity(n);
      isFresh = true;
      continue;
    }
    const s = candidate.map((c, i) => c - point[i]!);
    const y = next.gradient.map((g, i) => g - gradient[i]!);
    const sy = dot(s, y);
    if (sy > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y))) {
      if (isFresh) inverse = identity(n, sy / dot(y, y));
      inverse = update(inverse, s, y, sy);
      isFresh = false;
    }
    const gain = value - next.value;
    point = candidate;
    ({value, gradient} = next);
    if (gain <= 4e-16 * Math.abs(value) && norm(gradient) <= settled) break;
  }
  return {point, value, gradient, evaluations, isConverged: norm(gradient) <= Math.max(tolerance, settled)};
}

function update(h: number[][], s: number[], y: number[], sy: number): number[][] {
  const hy = h.map((row) => dot(row, y));
  const scale = (1 + dot(y, hy) / sy) / sy;
  return h.map((row, i) =>
    row.map((value, j) => value + scale * s[i]! * s[j]! - (hy[i]! * s[j]! + s[i]! * hy[j]!) / sy)
  );
}

function identity(n: number, scale = 1): number[][] {
  return Array.from({length: n}, (_, i) => Array.from({length: n}, (_, j) => (i === j ? scale : 0)));
}

function dot(a: number[], b: number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: number[]): number {
  return Math.max(...a.map(Math.abs));
}
