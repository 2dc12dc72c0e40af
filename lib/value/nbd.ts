import {digamma, lgamma} from "../stats/gamma.js";
import {drawGamma, drawPoisson} from "../stats/draw.js";
import {drawHistory} from "./drawHistory.js";
import {levels} from "./levels.js";
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
  logLikelihood([r, alpha], data) {
    const [x, T] = [levels(data.x), levels(data.T)];
    const terms = Array.from(x.values, (orders) => ({
      value: lgamma(r! + orders) - lgamma(r!),
      dr: digamma(r! + orders) - digamma(r!)
    }));
    const logsT = T.values.map((t) => Math.log(alpha! + t));
    const logAlpha = Math.log(alpha!);
    let [value, dr, dAlpha] = [0, 0, 0];
    for (let i = 0; i < data.x.length; ++i) {
      const t = terms[x.index[i]!]!;
      const logT = logsT[T.index[i]!]!;
      const weight = data.weight[i]!;
      const n = r! + data.x[i]!;
      value += weight * (t.value + r! * logAlpha - n * logT);
      dr += weight * (t.dr + logAlpha - logT);
      dAlpha += weight * (r! / alpha! - n / (alpha! + data.T[i]!));
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
