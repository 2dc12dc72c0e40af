import type {Moments} from "../../lib/stats/moments.js";

/** The moments of a sample of which n, mean and standard deviation are known. */
export function momentsOf(n: number, mean: number, deviation: number): Moments {
  return {n, sum: n * mean, squares: n * mean * mean + (n - 1) * deviation * deviation};
}

/** The moments of two samples taken together. */
export function addMoments(a: Moments, b: Moments): Moments {
  return {n: a.n + b.n, sum: a.sum + b.sum, squares: a.squares + b.squares};
}
