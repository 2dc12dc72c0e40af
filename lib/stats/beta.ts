import {lgamma, stirlingError} from "./gamma.js";

const halfLogTwoPi = 0.9189385332046727418;

/** ln B(a, b) for a, b > 0, without the cancellation of ln Γ(a) − ln Γ(a + b) where an argument is large. */
export function betaln(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (!(small > 0)) return NaN;
  if (large < 10) return lgamma(small) + lgamma(large) - lgamma(small + large);
  const sum = small + large;
  if (small < 10) {
    // ln Γ(large) − ln Γ(sum), both by Stirling, the logarithms joined.
    const quotient = small - small * Math.log(sum) - (large - 0.5) * Math.log1p(small / large);
    return lgamma(small) + quotient + stirlingError(large) - stirlingError(sum);
  }
  return (
    halfLogTwoPi -
    0.5 * Math.log(small) -
    (large - 0.5) * Math.log1p(small / large) -
    small * Math.log1p(large / small) +
    stirlingError(small) +
    stirlingError(large) -
    stirlingError(sum)
  );
}

/**
 * The regularised incomplete beta function I_x(a, b), the chance that a Beta(a, b) variable is at most x: the continued
 * fraction of Numerical Recipes 6.4 by Lentz's method, on the side of the mean where it converges fast.
 * `complement` may give 1 − x where x is near 1, so that its digits are kept.
 */
export function incompleteBeta(x: number, a: number, b: number, complement = 1 - x): number {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(complement, b, a, x);
  const front = Math.exp(a * logOf(x, complement) + b * logOf(complement, x) - betaln(a, b)) / a;
  return front * continuedFraction(x, a, b);
}

/** ln x from whichever of x and 1 − x is known better. */
function logOf(x: number, complement: number): number {
  return complement < 0.5 ? Math.log1p(-complement) : Math.log(x);
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let result = d;
  for (let m = 1; m <= 10_000; ++m) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return result;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
