import {drawExponential, drawGamma, drawPoisson} from "../stats/draw.js";
import {digamma, lgamma} from "../stats/gamma.js";
import {gaussLegendre} from "../stats/quadrature.js";
import {drawHistory} from "./drawHistory.js";
import type {PurchaseModel} from "./model.js";

const {nodes, weights} = gaussLegendre(32);

/**
 * Pareto/NBD: Poisson orders at a Gamma(r, alpha) rate during a lifetime that is exponential at a Gamma(s, beta) rate.
 * Schmittlein, Morrison & Colombo (1987), Management Science 33(1). The likelihood's integral over the time of drop-out
 * is taken by quadrature, which stays smooth where the closed form cancels, and gives the derivatives along with it.
 */
export const paretoNbd: PurchaseModel = {
  name: "pareto-nbd",
  parameters: ["r", "alpha", "s", "beta"],
  hasDropOut: true,
  starts: [
    [0.5, 1, 0.5, 2],
    [1, 2, 1, 10],
    [0.3, 0.5, 0.3, 0.5]
  ],
  rescale: ([r, alpha, s, beta], scale) => [r!, alpha! * scale, s!, beta! * scale],
  logLikelihood(parameters, data) {
    const [r, alpha, s, beta] = parameters as [number, number, number, number];
    const terms = new Map<number, {value: number; dr: number}>();
    const [logAlpha, logBeta] = [Math.log(alpha), Math.log(beta)];
    const part = new Float64Array(5);
    let [value, dr, dAlpha, ds, dBeta] = [0, 0, 0, 0, 0];
    for (let i = 0; i < data.x.length; ++i) {
      const x = data.x[i]!;
      let t = terms.get(x);
      if (!t) terms.set(x, (t = {value: lgamma(r + x) - lgamma(r), dr: digamma(r + x) - digamma(r)}));
      likelihoodTerm(part, r, alpha, s, beta, x, data.tx[i]!, data.T[i]!);
      const weight = data.weight[i]!;
      value += weight * (t.value + r * logAlpha + s * logBeta + part[0]!);
      dr += weight * (t.dr + logAlpha + part[1]!);
      dAlpha += weight * (r / alpha + part[2]!);
      ds += weight * (logBeta + part[3]!);
      dBeta += weight * (s / beta + part[4]!);
    }
    return {value, gradient: [dr, dAlpha, ds, dBeta]};
  },
  at(parameters) {
    const [r, alpha, s, beta] = parameters as [number, number, number, number];
    const part = new Float64Array(5);
    const pAlive = (x: number, tx: number, T: number): number => {
      likelihoodTerm(part, r, alpha, s, beta, x, tx, T);
      return Math.min(1, Math.exp(-(r + x) * Math.log(alpha + T) - s * Math.log(beta + T) - part[0]!));
    };
    const ofLiving = (horizon: number, x: number, T: number) =>
      (((r + x) * (beta + T)) / (alpha + T)) * survived(s, beta + T, horizon);
    return {
      pAlive,
      expectedOfLiving: ofLiving,
      expected: (horizon, x, tx, T) => (horizon > 0 ? pAlive(x, tx, T) * ofLiving(horizon, x, T) : 0),
      unconditional: (t) => ((r * beta) / alpha) * survived(s, beta, t),
      simulate(horizon, x, tx, T, uniform) {
        if (uniform() >= pAlive(x, tx, T)) return 0;
        const lifetime = (drawExponential(uniform) * (beta + T)) / drawGamma(s, uniform);
        return drawPoisson((drawGamma(r + x, uniform) / (alpha + T)) * Math.min(horizon, lifetime), uniform);
      },
      history(T, uniform) {
        const lifetime = (drawExponential(uniform) * beta) / drawGamma(s, uniform);
        return drawHistory(drawGamma(r, uniform) / alpha, Math.min(T, lifetime), uniform);
      }
    };
  }
};

/** The expected time alive within `horizon`, over beta: (1 − (b/(b+h))^(s−1)) / (s−1), with its limit at s = 1. */
function survived(s: number, b: number, horizon: number): number {
  const log = Math.log1p(horizon / b);
  return Math.abs(s - 1) < 1e-9 ? log : -Math.expm1(-(s - 1) * log) / (s - 1);
}

/**
 * Writes ln{(alpha+T)^-(r+x) (beta+T)^-s + s I} and its derivatives by r, alpha, s and beta into `out`, where
 * I = ∫ (alpha+u)^-(r+x) (beta+u)^-(s+1) du over [t_x, T]. With y = ln((alpha+u)/(alpha+t_x)) the first factor is
 * exponential; where it falls steeply the nodes follow it.
 */
function likelihoodTerm(
  out: Float64Array,
  r: number,
  alpha: number,
  s: number,
  beta: number,
  x: number,
  tx: number,
  T: number
): void {
  const n = r + x;
  const base = alpha + tx;
  const logBase = Math.log(base);
  const length = Math.log((alpha + T) / base);
  const logBetaTx = Math.log(beta + tx);
  const logBetaT = Math.log(beta + T);
  const k = n - 1;
  const isSteep = k * length > 2;
  const span = isSteep ? -Math.expm1(-k * length) : length;
  let [sum, sumY, sumAlpha, sumLogBeta, sumBeta] = [0, 0, 0, 0, 0];
  for (let i = 0; i < nodes.length; ++i) {
    const v = span * nodes[i]!;
    const y = isSteep ? -Math.log1p(-v) / k : v;
    const u = base * Math.exp(y) - alpha;
    const logU = Math.log(beta + u);
    const f = weights[i]! * (isSteep ? 1 : Math.exp(-k * y)) * Math.exp(-(s + 1) * (logU - logBetaTx));
    sum += f;
    sumY += f * y;
    sumAlpha += f / (alpha + u);
    sumLogBeta += f * (logU - logBetaTx);
    sumBeta += f / (beta + u);
  }
  const scale = ((isSteep ? span / k : span) * base) / (beta + tx);
  const alive = Math.exp(-n * length - s * (logBetaT - logBetaTx));
  const total = alive + s * scale * sum;
  const g = (s * scale) / total;
  const a = alive / total;
  out[0] = -n * logBase - s * logBetaTx + Math.log(total);
  out[1] = -logBase - a * length - g * sumY;
  out[2] = -n * (a / (alpha + T) + g * sumAlpha);
  out[3] = -logBetaTx - a * (logBetaT - logBetaTx) + (g / s) * sum - g * sumLogBeta;
  out[4] = -s * (a / (beta + T)) - (s + 1) * g * sumBeta;
}
