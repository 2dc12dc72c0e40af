import type {Interval} from "./interval.js";
import {mean, variance, type Moments} from "./moments.js";
import {studentCdf, studentQuantile} from "./student.js";

export interface Welch extends Interval {
  /** Standard error of the difference. */
  error: number;
  t: number;
  /** Degrees of freedom of Welch and Satterthwaite. */
  df: number;
  /** Two-sided. */
  p: number;
}

/**
 * The difference of two means, first minus second, of samples with unequal variances. Welch (1947). Without spread in
 * either sample the interval is the difference itself; below two values in either nothing is known (NaN).
 */
export function welch(one: Moments, two: Moments, confidence = 0.95): Welch {
  const estimate = mean(one) - mean(two);
  if (one.n < 2 || two.n < 2) return {estimate, lower: NaN, upper: NaN, error: NaN, t: NaN, df: NaN, p: NaN};
  const v1 = variance(one) / one.n;
  const v2 = variance(two) / two.n;
  const error = Math.sqrt(v1 + v2);
  if (error === 0) {
    const df = one.n + two.n - 2;
    return {estimate, lower: estimate, upper: estimate, error, t: estimate && NaN, df, p: estimate === 0 ? 1 : NaN};
  }
  const df = (v1 + v2) ** 2 / (v1 ** 2 / (one.n - 1) + v2 ** 2 / (two.n - 1));
  const t = estimate / error;
  const half = studentQuantile((1 + confidence) / 2, df) * error;
  return {
    estimate,
    lower: estimate - half,
    upper: estimate + half,
    error,
    t,
    df,
    p: 2 * studentCdf(-Math.abs(t), df)
  };
}
