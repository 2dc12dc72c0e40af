import {betaln} from "../stats/beta.js";
import {digamma} from "../stats/gamma.js";

/** A cohort of subscribers: how many left at each renewal, and how many were still there after the last. */
export interface Renewals {
  /** churned[t − 1] customers left at renewal t. */
  churned: ArrayLike<number>;
  /** Customers who renewed every time. */
  survivors: number;
}

/**
 * The shifted-beta-geometric model of contract renewal: at each renewal a customer leaves with a Beta(alpha, beta)
 * probability of their own. Fader & Hardie (2007), "How to Project Customer Retention", J. Interactive Marketing 21(1).
 */
export const sbg = {
  name: "sbg",
  parameters: ["alpha", "beta"] as const,
  starts: [
    [1, 1],
    [0.5, 3],
    [3, 3]
  ],
  /** Summed log-likelihood and its derivatives by alpha and beta. */
  logLikelihood([alpha, beta]: number[], {churned, survivors}: Renewals): {value: number; gradient: number[]} {
    const logBeta = betaln(alpha!, beta!);
    const base = digamma(alpha! + beta!);
    let [value, dAlpha, dBeta] = [0, 0, 0];
    const add = (weight: number, a: number, b: number) => {
      if (weight === 0) return;
      const total = digamma(a + b);
      value += weight * (betaln(a, b) - logBeta);
      dAlpha += weight * (digamma(a) - total - digamma(alpha!) + base);
      dBeta += weight * (digamma(b) - total - digamma(beta!) + base);
    };
    for (let t = 1; t <= churned.length; ++t) add(churned[t - 1]!, alpha! + 1, beta! + t - 1);
    add(survivors, alpha!, beta! + churned.length);
    return {value, gradient: [dAlpha, dBeta]};
  },
  /** Share of the cohort still there after renewal t. */
  survival([alpha, beta]: number[], t: number): number {
    return Math.exp(betaln(alpha!, beta! + t) - betaln(alpha!, beta!));
  },
  /** Of those there before renewal t, the share that renews. */
  retention([alpha, beta]: number[], t: number): number {
    return (beta! + t - 1) / (alpha! + beta! + t - 1);
  },
  /** Expected renewals within the next `horizon` of a customer who has renewed `done` times. */
  expected([alpha, beta]: number[], done: number, horizon: number): number {
    let sum = 0;
    for (let i = 1; i <= Math.round(horizon); ++i) {
      sum += Math.exp(betaln(alpha!, beta! + done + i) - betaln(alpha!, beta! + done));
    }
    return sum;
  }
};
