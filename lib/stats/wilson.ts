import type {Interval} from "./interval.js";
import {normalQuantile} from "./normal.js";

/**
 * The score interval of a rate, `events` out of `n`. Wilson (1927), without continuity correction. NaN where n = 0.
 */
export function wilson(events: number, n: number, confidence = 0.95): Interval {
  if (!(n > 0) || events < 0 || events > n) return {estimate: NaN, lower: NaN, upper: NaN};
  const z = normalQuantile((1 + confidence) / 2);
  const estimate = events / n;
  const weight = (z * z) / n;
  const centre = (estimate + weight / 2) / (1 + weight);
  const half = (z * Math.sqrt((estimate * (1 - estimate)) / n + weight / (4 * n))) / (1 + weight);
  return {
    estimate,
    lower: events === 0 ? 0 : Math.max(0, centre - half),
    upper: events === n ? 1 : Math.min(1, centre + half)
  };
}
