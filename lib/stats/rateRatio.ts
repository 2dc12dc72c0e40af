import type {Interval} from "./interval.js";
import {normalQuantile} from "./normal.js";

/**
 * The ratio of two independent rates, first to second, with the interval of its logarithm. Katz et al. (1978). NaN
 * bounds where a rate is zero.
 */
export function rateRatio(events1: number, n1: number, events2: number, n2: number, confidence = 0.95): Interval {
  const estimate = events1 / n1 / (events2 / n2);
  if (!(events1 > 0 && events2 > 0)) return {estimate, lower: NaN, upper: NaN};
  const error = Math.sqrt(1 / events1 - 1 / n1 + 1 / events2 - 1 / n2);
  const factor = Math.exp(normalQuantile((1 + confidence) / 2) * error);
  return {estimate, lower: estimate / factor, upper: estimate * factor};
}
