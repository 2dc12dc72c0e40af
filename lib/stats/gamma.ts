const halfLogTwoPi = 0.9189385332046727418;

/** ln |Γ(x)|, by Stirling's series after shifting x to at least 10; NaN at the poles 0, −1, −2, … */
export function lgamma(x: number): number {
  if (x === Infinity) return Infinity;
  if (x <= 0) {
    if (Number.isInteger(x)) return NaN;
    // Reflection: Γ(x) Γ(1 − x) = π / sin πx.
    return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x);
  }
  if (x === 1 || x === 2) return 0;
  let product = 1;
  let z = x;
  for (; z < 10; ++z) product *= z;
  return (z - 0.5) * Math.log(z) - z + halfLogTwoPi + stirlingError(z) - Math.log(product);
}

/** ln Γ(x + n) − ln Γ(x) for x > 0 and n ≥ 0, without the cancellation of the difference where x is large. */
export function lgammaRise(x: number, n: number): number {
  if (x < 10) return lgamma(x + n) - lgamma(x);
  return (x + n - 0.5) * Math.log1p(n / x) + n * (Math.log(x) - 1) + stirlingError(x + n) - stirlingError(x);
}

/**
 * ln Γ(z) minus its leading Stirling terms, for z ≥ 10: the series of Bernoulli numbers, Abramowitz & Stegun 6.1.41.
 */
export function stirlingError(z: number): number {
  const w = 1 / (z * z);
  const series =
    1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360 - w * (1 / 156))))));
  return series / z;
}

/** ψ(x) = d ln Γ(x) / dx, by recurrence to x ≥ 10 and Abramowitz & Stegun 6.3.18; NaN at the poles. */
export function digamma(x: number): number {
  if (x === Infinity) return Infinity;
  if (x <= 0) {
    if (Number.isInteger(x)) return NaN;
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * x);
  }
  let shift = 0;
  let z = x;
  for (; z < 10; ++z) shift += 1 / z;
  const w = 1 / (z * z);
  const series =
    w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - w * (691 / 32760 - w * (1 / 12)))))));
  return Math.log(z) - 0.5 / z - series - shift;
}
