import {drawBinomial} from "./draw.js";
import type {Interval} from "./interval.js";
import {random, type Random} from "./random.js";

/** People of whom most did nothing: how many, and what the others did. */
export interface Amounts {
  n: number;
  /** The amounts of those who did something; everybody else is 0. */
  amounts: ArrayLike<number>;
}

export interface BootstrapOptions {
  seed: number | bigint;
  /** Resamples; default 1,000. */
  times?: number;
  confidence?: number;
}

/**
 * The percentile interval of a difference of means, first less second, from resampling the people of each group with
 * replacement (Efron & Tibshirani 1993, ch. 13). How many of a resample did something is binomial, so those who did
 * nothing cost no time. The same seed gives the same interval. Without people in a group it is NaN.
 */
export function bootstrapDifference(one: Amounts, two: Amounts, options: BootstrapOptions): Interval {
  const {seed, times = 1000, confidence = 0.95} = options;
  const estimate = mean(one) - mean(two);
  if (one.n === 0 || two.n === 0) return {estimate, lower: NaN, upper: NaN};
  const uniform = random(seed);
  const differences = new Float64Array(times);
  for (let i = 0; i < times; ++i) differences[i] = resample(one, uniform) - resample(two, uniform);
  differences.sort();
  const tail = (1 - confidence) / 2;
  return {estimate, lower: quantile(differences, tail), upper: quantile(differences, 1 - tail)};
}

function resample({n, amounts}: Amounts, uniform: Random): number {
  const count = drawBinomial(n, amounts.length / n, uniform);
  let sum = 0;
  for (let i = 0; i < count; ++i) sum += amounts[Math.floor(uniform() * amounts.length)]!;
  return sum / n;
}

function mean({n, amounts}: Amounts): number {
  let sum = 0;
  for (let i = 0; i < amounts.length; ++i) sum += amounts[i]!;
  return sum / n;
}

/** Type 7 of Hyndman & Fan (1996): linear between order statistics. */
function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
