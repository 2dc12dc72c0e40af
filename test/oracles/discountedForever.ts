import {paretoNbd} from "../../lib/value/paretoNbd.js";

/**
 * Discounted expected orders of all the future, the reference implementations' DERT, at the continuous rate `delta` per
 * unit of time: P(alive) (r+x)/(alpha+T) ∫ e^(−delta t) (1 + t/(beta+T))^(−s) dt, whose integral is (beta+T) e^z E_s(z)
 * with z = delta (beta+T). Fader, Hardie & Lee (2005), "RFM and CLV", J. Marketing Research 42(4), equation 2. For
 * comparison with published values only: what Tenfold shows has a horizon.
 */
export function discountedForever(
  [r, alpha, s, beta]: number[],
  delta: number,
  x: number,
  tx: number,
  T: number
): number {
  const pAlive = paretoNbd.at([r!, alpha!, s!, beta!]).pAlive(x, tx, T);
  return ((pAlive * (r! + x) * (beta! + T)) / (alpha! + T)) * scaledExponentialIntegral(s!, delta * (beta! + T));
}

/** e^z E_s(z) for z > 0, by the continued fraction of Abramowitz & Stegun 5.1.22 in Lentz's form. */
function scaledExponentialIntegral(s: number, z: number): number {
  let b = z + s;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 1_000_000; ++i) {
    const a = -i * (s - 1 + i);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const factor = c * d;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return h;
}
