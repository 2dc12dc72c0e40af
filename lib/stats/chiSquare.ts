import {gammaQ} from "./incompleteGamma.js";

/** The chance that chi-square with `df` degrees of freedom exceeds x: a test's p-value. */
export function chiSquareTail(x: number, df: number): number {
  return gammaQ(df / 2, x / 2);
}
