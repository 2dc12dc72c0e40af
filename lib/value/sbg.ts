import {betaln} from "../stats/beta.js";
import {drawBeta, drawGeometric} from "../stats/draw.js";
import {digamma} from "../stats/gamma.js";
import type {PurchaseModel} from "./model.js";

/**
 * The shifted-beta-geometric model of contract renewal: at each renewal a customer leaves with a Beta(alpha, beta)
 * probability of their own. Fader & Hardie (2007), "How to Project Customer Retention", J. Interactive Marketing 21(1).
 * In the summary x counts the renewals made without a gap, T those that were due: x < T is a customer who has left.
 */
export const sbg: PurchaseModel = {
  name: "sbg",
  parameters: ["alpha", "beta"],
  hasDropOut: true,
  isDiscrete: true,
  starts: [
    [1, 1],
    [0.5, 3],
    [3, 3]
  ],
  rescale: (parameters) => parameters,
  refuse({x, T}) {
    if (T.every((due) => due === 0)) return "no renewal has come due yet";
    return x.every((made, i) => made >= T[i]!) ? "nobody has left yet: retention cannot be told from 100%" : undefined;
  },
  logLikelihood([alpha, beta], {x, T, weight}) {
    const logBeta = betaln(alpha!, beta!);
    const base = digamma(alpha! + beta!);
    let [value, dAlpha, dBeta] = [0, 0, 0];
    for (let i = 0; i < x.length; ++i) {
      const left = x[i]! < T[i]! ? 1 : 0;
      const [a, b] = [alpha! + left, beta! + x[i]!];
      const total = digamma(a + b);
      value += weight[i]! * (betaln(a, b) - logBeta);
      dAlpha += weight[i]! * (digamma(a) - total - digamma(alpha!) + base);
      dBeta += weight[i]! * (digamma(b) - total - digamma(beta!) + base);
    }
    return {value, gradient: [dAlpha, dBeta]};
  },
  at(parameters) {
    const renewals = (made: number, horizon: number) => {
      let sum = 0;
      for (let i = 1; i <= Math.round(horizon); ++i) sum += survival(parameters, made + i);
      return sum / survival(parameters, made);
    };
    return {
      pAlive: (x, _tx, T) => (x < T ? 0 : 1),
      expected: (horizon, x, _tx, T) => (x < T ? 0 : renewals(x, horizon)),
      unconditional: (t) => renewals(0, t),
      simulate(horizon, x, _tx, T, uniform) {
        if (x < T) return 0;
        const [alpha, beta] = parameters;
        return Math.min(Math.round(horizon), drawGeometric(drawBeta(alpha!, beta! + x, uniform), uniform) - 1);
      },
      history(T, uniform) {
        const [alpha, beta] = parameters;
        const x = Math.min(T, drawGeometric(drawBeta(alpha!, beta!, uniform), uniform) - 1);
        return {x, tx: x, logGaps: 0};
      }
    };
  }
};

/** Share of a cohort still there after renewal t. */
export function survival([alpha, beta]: number[], t: number): number {
  return Math.exp(betaln(alpha!, beta! + t) - betaln(alpha!, beta!));
}

/** Of those there before renewal t, the share that renews. */
export function retention([alpha, beta]: number[], t: number): number {
  return (beta! + t - 1) / (alpha! + beta! + t - 1);
}
