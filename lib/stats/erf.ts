import {gammaP, gammaQ} from "./incompleteGamma.js";

/** The error function: P(½, x²) with x's sign. */
export function erf(x: number): number {
  return x < 0 ? -erf(-x) : gammaP(0.5, x * x);
}

/** 1 − erf(x), with its own digits in the right tail. */
export function erfc(x: number): number {
  return x < 0 ? 2 - erfc(-x) : gammaQ(0.5, x * x);
}
