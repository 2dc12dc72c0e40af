import {lgamma} from "./gamma.js";

/**
 * The Gauss hypergeometric function 2F1(a, b; c; ·) for real z in [0, 1), as a function of z: the coefficients of its
 * power series are kept, so that many z cost little. Requires c > 0. Above z = 0.95 the connection formula in 1 − z is
 * used (Abramowitz & Stegun 15.3.6) unless c − a − b is near an integer. About 1e-12 relative.
 */
export function hyp2f1At(a: number, b: number, c: number): (z: number) => number {
  const coefficients = [1];
  const series = (z: number): number => {
    let sum = 1;
    let power = 1;
    for (let n = 1; n < 2_000_000; ++n) {
      if (n === coefficients.length) {
        coefficients.push((coefficients[n - 1]! * ((a + n - 1) * (b + n - 1))) / ((c + n - 1) * n));
      }
      power *= z;
      const term = coefficients[n]! * power;
      sum += term;
      if (Math.abs(term) <= 1e-17 * Math.abs(sum) * (1 - z) || power === 0) break;
    }
    return sum;
  };
  const s = c - a - b;
  if (Math.abs(s - Math.round(s)) < 1e-4) return (z) => (z === 0 ? 1 : series(z));
  let near: ((z: number) => number) | undefined;
  return (z) => {
    if (z === 0) return 1;
    if (z <= 0.95) return series(z);
    near ??= connection(a, b, c, s);
    return near(z);
  };
}

function connection(a: number, b: number, c: number, s: number): (z: number) => number {
  const first = ratio(c, s, c - a, c - b);
  const second = ratio(c, -s, a, b);
  const left = hyp2f1At(a, b, 1 - s);
  const right = hyp2f1At(c - a, c - b, 1 + s);
  return (z) => first * left(1 - z) + second * Math.pow(1 - z, s) * right(1 - z);
}

/** Γ(p) Γ(q) / (Γ(u) Γ(v)) with signs; zero where the denominator has a pole. */
function ratio(p: number, q: number, u: number, v: number): number {
  if (isPole(u) || isPole(v)) return 0;
  const sign = signGamma(p) * signGamma(q) * signGamma(u) * signGamma(v);
  return sign * Math.exp(lgamma(p) + lgamma(q) - lgamma(u) - lgamma(v));
}

function isPole(z: number): boolean {
  return z <= 0 && Number.isInteger(z);
}

function signGamma(z: number): number {
  return z > 0 || Math.floor(z) % 2 === 0 ? 1 : -1;
}
