import {digamma, lgamma} from "../stats/gamma.js";
import {drawGamma, drawPoisson} from "../stats/draw.js";
import {drawHistory} from "./drawHistory.js";
import type {PurchaseModel} from "./model.js";

/**
 * NBD: Poisson orders at a Gamma(r, alpha) rate and no drop-out (Ehrenberg 1959), in the timing form that the drop-out
 * models share, so that their likelihoods compare. The null against which drop-out is tested.
 */
export const nbd: PurchaseModel = {
  name: "nbd",
  parameters: ["r", "alpha"],
  hasDropOut: false,
  starts: [
    [0.5, 1],
    [2, 5]
  ],
  rescale: ([r, alpha], scale) => [r!, alpha! * scale],
  logLikelihood([r, alpha], {x, T, weight}) {
    const terms = new Map<number, {value: number; dr: number}>();
    const logAlpha = Math.log(alpha!);
    let [value, dr, dAlpha] = [0, 0, 0];
    for (let i = 0; i < x.length; ++i) {
      let t = terms.get(x[i]!);
      if (!t) {
        t = {value: lgamma(r! + x[i]!) - lgamma(r!), dr: digamma(r! + x[i]!) - digamma(r!)};
        terms.set(x[i]!, t);
      }
      const logT = Math.log(alpha! + T[i]!);
      value += weight[i]! * (t.value + r! * logAlpha - (r! + x[i]!) * logT);
      dr += weight[i]! * (t.dr + logAlpha - logT);
      dAlpha += weight[i]! * (r! / alpha! - (r! + x[i]!) / (alpha! + T[i]!));
    }
    return {value, gradient: [dr, dAlpha]};
  },
  at: ([r, alpha]) => ({
    pAlive: () => 1,
    expected: (horizon, x, _tx, T) => ((r! + x) * horizon) / (alpha! + T),
    expectedOfLiving: (horizon, x, T) => ((r! + x) * horizon) / (alpha! + T),
    unconditional: (t) => (r! * t) / alpha!,
    simulate: (horizon, x, _tx, T, uniform) =>
      drawPoisson((drawGamma(r! + x, uniform) / (alpha! + T)) * horizon, uniform),
    history: (T, uniform) => drawHistory(drawGamma(r!, uniform) / alpha!, T, uniform)
  })
};
