import {digamma, lgamma} from "../stats/gamma.js";
import {levels} from "./levels.js";

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
    const x = levels(data.x);
    const [lgammaQ, digammaQ, logV] = [lgamma(q!), digamma(q!), Math.log(v!)];
    const terms = Array.from(x.values, (orders) => {
      const px = p! * orders;
      const top = digamma(px + q!);
      return {
        value: lgamma(px + q!) - lgamma(px) - lgammaQ + Math.log(orders),
        dp: orders * (top - digamma(px)),
        dq: top - digammaQ
      };
    });
    let [value, dp, dq, dv] = [0, 0, 0, 0];
    for (let i = 0; i < data.x.length; ++i) {
      const t = terms[x.index[i]!]!;
      const orders = data.x[i]!;
      const px = p! * orders;
      const spent = orders * data.mean[i]!;
      const logSpent = Math.log(spent);
      const logTotal = Math.log(spent + v!);
      const weight = data.weight[i]!;
      value += weight * (t.value - logSpent + px * (logSpent - logTotal) + q! * (logV - logTotal));
      dp += weight * (t.dp + orders * (logSpent - logTotal));
      dq += weight * (t.dq + logV - logTotal);
      dv += weight * (q! / v! - (px + q!) / (spent + v!));
    }
    return {value, gradient: [dp, dq, dv]};
  },
  /** Expected value of a customer's future order, given `x` orders of that mean; with x = 0 the population's. */
  expected([p, q, v]: number[], x: number, mean: number): number {
    return (p! * (v! + x * mean)) / (p! * x + q! - 1);
  }
};
