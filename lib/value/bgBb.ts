import {betaln} from "../stats/beta.js";
import {drawBeta, drawGeometric} from "../stats/draw.js";
import {digamma} from "../stats/gamma.js";
import type {PurchaseModel} from "./model.js";

/**
 * BG/BB: at each of T discrete opportunities a living customer orders with a Beta(alpha, beta) probability and dies
 * before it with a Beta(gamma, delta) one. Fader, Hardie & Shang (2010), Marketing Science 29(6), equations 5 to 13. In
 * the summary t_x and T count opportunities.
 */
export const bgBb: PurchaseModel = {
  name: "bg-bb",
  parameters: ["alpha", "beta", "gamma", "delta"],
  hasDropOut: true,
  isDiscrete: true,
  starts: [
    [1, 1, 0.5, 3],
    [0.5, 2, 1, 10],
    [2, 1, 0.2, 1]
  ],
  rescale: (parameters) => parameters,
  logLikelihood(parameters, data) {
    const gradient = [0, 0, 0, 0];
    const part = [0, 0, 0, 0];
    let value = 0;
    for (let i = 0; i < data.x.length; ++i) {
      const weight = data.weight[i]!;
      value += weight * history(parameters, data.x[i]!, data.tx[i]!, data.T[i]!, part);
      for (let j = 0; j < 4; ++j) gradient[j]! += weight * part[j]!;
    }
    return {value, gradient};
  },
  at(parameters) {
    const [alpha, beta, gamma, delta] = parameters as [number, number, number, number];
    const ordering = (x: number, T: number) => betaln(alpha + x, beta + T - x) - betaln(alpha, beta);
    return {
      pAlive: (x, tx, T) =>
        Math.exp(ordering(x, T) + betaln(gamma, delta + T + 1) - betaln(gamma, delta) - history(parameters, x, tx, T)),
      expected(horizon, x, tx, T) {
        const ahead = Math.round(horizon);
        let alive = 0;
        for (let i = 1; i <= ahead; ++i) alive += Math.exp(betaln(gamma, delta + T + i) - betaln(gamma, delta));
        const each = (alpha + x) / (alpha + beta + T);
        return Math.exp(ordering(x, T) - history(parameters, x, tx, T)) * each * alive;
      },
      unconditional(t) {
        let alive = 0;
        for (let i = 1; i <= Math.round(t); ++i) alive += Math.exp(betaln(gamma, delta + i) - betaln(gamma, delta));
        return (alpha / (alpha + beta)) * alive;
      },
      simulate(horizon, x, tx, T, uniform) {
        const logAlive =
          ordering(x, T) + betaln(gamma, delta + T) - betaln(gamma, delta) - history(parameters, x, tx, T);
        if (uniform() >= Math.exp(logAlive)) return 0;
        const death = drawGeometric(drawBeta(gamma, delta + T, uniform), uniform);
        const p = drawBeta(alpha + x, beta + T - x, uniform);
        let orders = 0;
        for (let t = 1; t <= Math.round(horizon) && t < death; ++t) if (uniform() < p) ++orders;
        return orders;
      },
      history(T, uniform) {
        const death = drawGeometric(drawBeta(gamma, delta, uniform), uniform);
        const p = drawBeta(alpha, beta, uniform);
        const drawn = {x: 0, tx: 0, logGaps: 0};
        for (let t = 1; t <= T && t < death; ++t) {
          if (uniform() >= p) continue;
          ++drawn.x;
          drawn.tx = t;
        }
        return drawn;
      }
    };
  }
};

/**
 * ln L of one history (equation 5) by log-sum-exp over the opportunity of death; writes its derivatives into `gradient`.
 */
function history(parameters: number[], x: number, tx: number, T: number, gradient?: number[]): number {
  const [alpha, beta, gamma, delta] = parameters as [number, number, number, number];
  const terms = [{logValue: betaln(alpha + x, beta + T - x) + betaln(gamma, delta + T), tries: T, died: 0}];
  for (let t = tx; t < T; ++t) {
    terms.push({logValue: betaln(alpha + x, beta + t - x) + betaln(gamma + 1, delta + t), tries: t, died: 1});
  }
  const top = Math.max(...terms.map((t) => t.logValue));
  const total = terms.reduce((sum, t) => sum + Math.exp(t.logValue - top), 0);
  if (gradient) {
    const [dAlphaBeta, dGammaDelta] = [digamma(alpha + beta), digamma(gamma + delta)];
    gradient[0] = digamma(alpha + x) - digamma(alpha) + dAlphaBeta;
    gradient[1] = dAlphaBeta - digamma(beta);
    gradient[2] = dGammaDelta - digamma(gamma);
    gradient[3] = dGammaDelta - digamma(delta);
    for (const {logValue, tries, died} of terms) {
      const share = Math.exp(logValue - top) / total;
      const orderTotal = digamma(alpha + beta + tries);
      const deathTotal = digamma(gamma + delta + tries + died);
      gradient[0] -= share * orderTotal;
      gradient[1] += share * (digamma(beta + tries - x) - orderTotal);
      gradient[2] += share * (digamma(gamma + died) - deathTotal);
      gradient[3] += share * (digamma(delta + tries) - deathTotal);
    }
  }
  return top + Math.log(total) - betaln(alpha, beta) - betaln(gamma, delta);
}
