import {digamma, lgamma} from "../stats/gamma.js";

/** Customers' mean order values: orders counted, their mean, and how many customers share both. */
export interface Spend {
  x: Float64Array;
  mean: Float64Array;
  weight: Float64Array;
}

/**
 * Gamma-Gamma: a customer's orders are Gamma(p, nu) with nu ~ Gamma(q, v), independent of how often they order. Fader &
 * Hardie (2013), "The Gamma-Gamma Model of Monetary Value", equation 1a. Its mean exists for q > 1 only, which the fit
 * holds.
 */
export const gammaGamma = {
  name: "gamma-gamma",
  parameters: ["p", "q", "v"] as const,
  starts: [
    [4, 3, 4],
    [1, 5, 5],
    [10, 2, 1]
  ],
  /** Summed log-likelihood and its derivatives by p, q and v. Every mean must be positive. */
  logLikelihood([p, q, v]: number[], data: Spend): {value: number; gradient: number[]} {
    const terms = new Map<number, {value: number; dp: number; dq: number}>();
    const [lgammaQ, digammaQ, logV] = [lgamma(q!), digamma(q!), Math.log(v!)];
    let [value, dp, dq, dv] = [0, 0, 0, 0];
    for (let i = 0; i < data.x.length; ++i) {
      const x = data.x[i]!;
      const px = p! * x;
      let t = terms.get(x);
      if (!t) {
        const top = digamma(px + q!);
        t = {value: lgamma(px + q!) - lgamma(px) - lgammaQ, dp: x * (top - digamma(px)), dq: top - digammaQ};
        terms.set(x, t);
      }
      const mean = data.mean[i]!;
      const logMean = Math.log(mean);
      const logX = Math.log(x);
      const logTotal = Math.log(x * mean + v!);
      const weight = data.weight[i]!;
      value += weight * (t.value + q! * logV + (px - 1) * logMean + px * logX - (px + q!) * logTotal);
      dp += weight * (t.dp + x * (logMean + logX - logTotal));
      dq += weight * (t.dq + logV - logTotal);
      dv += weight * (q! / v! - (px + q!) / (x * mean + v!));
    }
    return {value, gradient: [dp, dq, dv]};
  },
  /** Expected value of a customer's future order, given `x` orders of that mean; with x = 0 the population's. */
  expected([p, q, v]: number[], x: number, mean: number): number {
    return (p! * (v! + x * mean)) / (p! * x + q! - 1);
  }
};
