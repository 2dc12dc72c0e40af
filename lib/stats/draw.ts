import type {Random} from "./random.js";

/** A standard normal variate; the polar method of Marsaglia & Bray (1964), one of the pair used. */
export function drawNormal(uniform: Random): number {
  for (;;) {
    const u = 2 * uniform() - 1;
    const v = 2 * uniform() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** An exponential variate of mean 1. */
export function drawExponential(uniform: Random): number {
  return -Math.log1p(-uniform());
}

/** A Gamma(shape, rate 1) variate; Marsaglia & Tsang (2000), "A simple method for generating gamma variables". */
export function drawGamma(shape: number, uniform: Random): number {
  if (shape < 1) return drawGamma(shape + 1, uniform) * Math.pow(1 - uniform(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = drawNormal(uniform);
    const root = 1 + c * z;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - uniform();
    if (u < 1 - 0.0331 * z * z * z * z) return d * v;
    if (Math.log(u) < 0.5 * z * z + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** A Beta(a, b) variate, as a ratio of gammas. */
export function drawBeta(a: number, b: number, uniform: Random): number {
  const x = drawGamma(a, uniform);
  return x / (x + drawGamma(b, uniform));
}

/** A Poisson variate, by multiplying uniforms in pieces of mean 30 at the most. */
export function drawPoisson(mean: number, uniform: Random): number {
  let count = 0;
  for (let left = mean; left > 0; left -= 30) {
    const floor = Math.exp(-Math.min(left, 30));
    for (let product = uniform(); product > floor; product *= uniform()) ++count;
  }
  return count;
}

/** The number of the trial that first succeeds, at least 1, where each does with probability p. */
export function drawGeometric(p: number, uniform: Random): number {
  if (!(p > 0)) return Infinity;
  return p >= 1 ? 1 : 1 + Math.floor(Math.log1p(-uniform()) / Math.log1p(-p));
}

/** How many of n trials succeed, where each does with probability p, by the gaps between successes: time ∝ n·min(p, 1 − p). */
export function drawBinomial(n: number, p: number, uniform: Random): number {
  if (!(p > 0) || n <= 0) return 0;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, uniform);
  let count = 0;
  for (let trial = drawGeometric(p, uniform); trial <= n; trial += drawGeometric(p, uniform)) ++count;
  return count;
}
