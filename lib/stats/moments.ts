/** What is enough to know of a sample for its mean and variance. */
export interface Moments {
  n: number;
  sum: number;
  /** The sum of squared values. */
  squares: number;
}

/** The mean; NaN of nothing. */
export function mean({n, sum}: Moments): number {
  return sum / n;
}

/** The sample variance, with n − 1; NaN below two values. Clipped at 0 where rounding would make it negative. */
export function variance({n, sum, squares}: Moments): number {
  return n < 2 ? NaN : Math.max(0, (squares - (sum * sum) / n) / (n - 1));
}
