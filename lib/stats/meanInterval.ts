import type {Interval} from "./interval.js";
import {mean, variance, type Moments} from "./moments.js";
import {studentQuantile} from "./student.js";

/** The interval of a mean by Student's t; without bounds (NaN) below two values. */
export function meanInterval(moments: Moments, confidence = 0.95): Interval {
  const estimate = mean(moments);
  if (moments.n < 2) return {estimate, lower: NaN, upper: NaN};
  const half = studentQuantile((1 + confidence) / 2, moments.n - 1) * Math.sqrt(variance(moments) / moments.n);
  return {estimate, lower: estimate - half, upper: estimate + half};
}
