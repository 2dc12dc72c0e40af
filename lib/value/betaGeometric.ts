import {drawBeta, drawGamma, drawGeometric, drawPoisson} from "../stats/draw.js";
import {digamma, lgamma, lgammaRise} from "../stats/gamma.js";
import {hyp2f1At} from "../stats/hyp2f1.js";
import type {Random} from "../stats/random.js";
import {drawHistory} from "./drawHistory.js";
import {levels} from "./levels.js";
import type {PurchaseForecast, PurchaseModel} from "./model.js";
import type {Summary} from "./summary.js";

/**
 * BG/NBD: Poisson orders at a Gamma(r, alpha) rate; after each repeat order a customer drops out with a Beta(a, b)
 * probability. Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2), equation 6.
 */
export const bgNbd: PurchaseModel = betaGeometric("bg-nbd", 1, 0);

/**
 * MBG/NBD: as BG/NBD, but a customer may also drop out right after the first order. Batislam, Denizel & Filiztekin
 * (2007), "Empirical validation and comparison of models for customer base analysis", IJRM 24(3).
 */
export const mbgNbd: PurchaseModel = betaGeometric("mbg-nbd", 1, 1);

/**
 * MBG/CNBD-k: as MBG/NBD, but an order falls on every k-th event of the Poisson process, so that the time between orders
 * is more regular the greater k. Reutterer, Platzer & Schröder (2021), "Leveraging purchase regularity for predicting
 * customer behavior the easy way", IJRM 38(1). The summary's `logGaps` enters the likelihood.
 */
export function mbgCnbd(k: number): PurchaseModel {
  return betaGeometric(`mbg-cnbd-${k}`, k, 1);
}

/** `extra`: drop-out chances beyond those after repeat orders: 1 where the first order has one. */
function betaGeometric(name: string, k: number, extra: 0 | 1): PurchaseModel {
  return {
    name,
    parameters: ["r", "alpha", "a", "b"],
    hasDropOut: true,
    regularity: k,
    starts: [
      [0.5, 1 / k, 0.8, 2],
      [1, 2 / k, 0.3, 3],
      [0.2, 0.5 / k, 2, 5]
    ],
    rescale: ([r, alpha, a, b], scale) => [r!, alpha! * scale, a!, b!],
    logLikelihood: (parameters, data) => logLikelihood(parameters, data, k, extra),
    at: (parameters) => forecast(parameters, k, extra)
  };
}

function logLikelihood([r, alpha, a, b]: number[], data: Summary, k: number, extra: 0 | 1) {
  const [x, tx, T] = [levels(data.x), levels(data.tx), levels(data.T)];
  const terms = Array.from(x.values, (orders) => orderTerms(r!, a!, b!, orders, k, extra));
  const logsTx = tx.values.map((t) => Math.log(alpha! + t));
  const logsT = T.values.map((t) => Math.log(alpha! + t));
  const logAlpha = Math.log(alpha!);
  const phase = {value: 1, dn: 0, dAlpha: 0};
  let logPhase = 0;
  let value = k > 1 ? (k - 1) * (data.logGaps ?? 0) : 0;
  let [dr, dAlpha, da, db] = [0, 0, 0, 0];
  for (let i = 0; i < data.x.length; ++i) {
    const t = terms[x.index[i]!]!;
    const logT = logsT[T.index[i]!]!;
    const logTx = logsTx[tx.index[i]!]!;
    const alphaT = alpha! + data.T[i]!;
    if (k > 1) {
      phases(phase, t.n, k, (data.T[i]! - data.tx[i]!) / alphaT, alphaT);
      logPhase = Math.log(phase.value);
    }
    const alive = logPhase - t.n * logT;
    // Of having dropped out: both terms go through their ratio, of which one exponential is at most 1.
    const logOdds = t.logGone - t.n * logTx - alive;
    const e = Math.exp(-Math.abs(logOdds));
    const wGone = (logOdds > 0 ? 1 : e) / (1 + e);
    const wAlive = 1 - wGone;
    const weight = data.weight[i]!;
    value += weight * (t.constant + r! * logAlpha + alive + (logOdds > 0 ? logOdds : 0) + Math.log1p(e));
    dr += weight * (t.dr + logAlpha + wAlive * (phase.dn / phase.value - logT) - wGone * logTx);
    dAlpha +=
      weight *
      (r! / alpha! - t.n * (wAlive / alphaT + wGone / (alpha! + data.tx[i]!)) + (wAlive * phase.dAlpha) / phase.value);
    da += weight * (t.da + wGone / a!);
    db += weight * (t.db - wGone * t.dbGone);
  }
  return {value, gradient: [dr, dAlpha, da, db]};
}

/** Everything that depends on x alone; tabulated, since x takes few values. */
function orderTerms(r: number, a: number, b: number, x: number, k: number, extra: 0 | 1) {
  const n = r + k * x;
  const chances = x + extra;
  const total = digamma(a + b) - digamma(a + b + chances);
  return {
    n,
    constant: lgammaRise(r, k * x) - x * lgamma(k) + lgammaRise(b, chances) - lgammaRise(a + b, chances),
    dr: digamma(n) - digamma(r),
    da: total,
    db: total + digamma(b + chances) - digamma(b),
    logGone: chances > 0 ? Math.log(a) - Math.log(b + chances - 1) : -Infinity,
    dbGone: chances > 0 ? 1 / (b + chances - 1) : 0
  };
}

/** Σ_j (n)_j w^j / j! over the phases 0 … k − 1 that may have passed since the last order, with its derivatives. */
function phases(out: {value: number; dn: number; dAlpha: number}, n: number, k: number, w: number, alphaT: number) {
  let [term, harmonic] = [1, 0];
  out.value = 1;
  out.dn = out.dAlpha = 0;
  for (let j = 1; j < k; ++j) {
    term *= ((n + j - 1) * w) / j;
    harmonic += 1 / (n + j - 1);
    out.value += term;
    out.dn += term * harmonic;
    out.dAlpha -= (term * j) / alphaT;
  }
}

function forecast(parameters: number[], k: number, extra: 0 | 1): PurchaseForecast {
  const [r, alpha, a, b] = parameters as [number, number, number, number];
  const phase = {value: 1, dn: 0, dAlpha: 0};
  const pAlive = (x: number, tx: number, T: number): number => {
    const chances = x + extra;
    if (chances === 0) return 1;
    if (k > 1) phases(phase, r + k * x, k, (T - tx) / (alpha + T), alpha + T);
    const logOdds =
      Math.log(a / (b + chances - 1)) +
      (r + k * x) * (Math.log(alpha + T) - Math.log(alpha + tx)) -
      Math.log(phase.value);
    return 1 / (1 + Math.exp(logOdds));
  };
  const ofLiving = k === 1 ? living(parameters, extra) : livingByPhases(parameters, k, extra);
  return {
    pAlive,
    ...(k === 1 && {expectedOfLiving: (h: number, x: number, T: number) => (h > 0 ? ofLiving(h, x, 0, T) : 0)}),
    expected: (h, x, tx, T) => (h > 0 ? pAlive(x, tx, T) * ofLiving(h, x, T - tx, T) : 0),
    // A new customer is alive, but where the first order has its own drop-out: with probability b / (a + b).
    unconditional: (t) => (t > 0 ? (extra ? b / (a + b) : 1) * ofLiving(t, 0, 0, 0) : 0),
    simulate(horizon, x, tx, T, uniform) {
      if (uniform() >= pAlive(x, tx, T)) return 0;
      const n = r + k * x;
      const done = k > 1 ? drawPhase(n, k, (T - tx) / (alpha + T), uniform) : 0;
      const rate = drawGamma(n + done, uniform) / (alpha + T);
      const orders = Math.floor((done + drawPoisson(rate * horizon, uniform)) / k);
      return orders === 0 ? 0 : Math.min(orders, drawGeometric(drawBeta(a, b + x + extra, uniform), uniform));
    },
    history(T, uniform) {
      const p = drawBeta(a, b, uniform);
      if (extra && uniform() < p) return {x: 0, tx: 0, logGaps: 0};
      return drawHistory(drawGamma(r, uniform) / alpha, T, uniform, k, () => uniform() < p);
    }
  };
}

/** Draws how many of the k phases have passed since the last order, of a living customer. */
function drawPhase(n: number, k: number, w: number, uniform: Random): number {
  const weights = [1];
  for (let j = 1; j < k; ++j) weights.push((weights[j - 1]! * (n + j - 1) * w) / j);
  let pick = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  let j = 0;
  while (j < k - 1 && pick >= weights[j]!) pick -= weights[j++]!;
  return j;
}

/**
 * Expected orders of a customer known to be alive, in the form after Euler's transformation of 2F1, which neither
 * overflows nor loses its digits at high frequency. At a = 1 it is 0/0: the mean of both sides stands in.
 */
function living([r, alpha, a, b]: number[], extra: 0 | 1) {
  if (Math.abs(a! - 1) < 1e-4) {
    const [low, high]: ReturnType<typeof living>[] = [1 - 2e-4, 1 + 2e-4].map((side) =>
      living([r!, alpha!, side, b!], extra)
    );
    return (h: number, x: number, silence: number, T: number): number =>
      (low!(h, x, silence, T) + high!(h, x, silence, T)) / 2;
  }
  const series = new Map<number, (z: number) => number>();
  return (h: number, x: number, _silence: number, T: number): number => {
    const z = h / (alpha! + T + h);
    const c = a! + b! + x + extra - 1;
    let f = series.get(x);
    if (!f) series.set(x, (f = hyp2f1At(a! + b! + extra - 1 - r!, a! - 1, c)));
    const orders = (c / (a! - 1)) * (1 - Math.pow(1 - z, a! - 1) * f(z));
    // Where drop-out hardly differs between customers, a and b are so great that 2F1 overflows or cancels.
    return a! < 1e3 && orders >= 0 && orders < Infinity
      ? orders
      : ordersAfterPhases(r! + x, z, 0, 1, a!, b! + x + extra);
  };
}

/**
 * Expected orders of a living customer under CNBD-k, exactly: the phases passed since the last order have weights
 * (n)_j w^j / j!; given j of them the rate is Gamma(n + j, alpha + T) and the future phases are negative binomial. The
 * m-th order comes if m k − j phases do and the m − 1 drop-out chances before it are survived.
 */
function livingByPhases([r, alpha, a, b]: number[], k: number, extra: 0 | 1) {
  return (h: number, x: number, silence: number, T: number): number => {
    const n = r! + k * x;
    const z = h / (alpha! + T + h);
    const w = silence / (alpha! + T);
    let [weight, weights, sum] = [1, 0, 0];
    for (let j = 0; j < k; ++j) {
      if (j > 0) weight *= ((n + j - 1) * w) / j;
      weights += weight;
      if (weight > 0) sum += weight * ordersAfterPhases(n + j, z, j, k, a!, b! + x + extra);
    }
    return sum / weights;
  };
}

/** Walks the negative binomial's probabilities, keeping those of reaching each order and of surviving to it. */
function ordersAfterPhases(shape: number, z: number, done: number, k: number, a: number, b: number): number {
  const mean = (shape * z) / (1 - z);
  let count = Math.max(0, Math.floor(mean - 12 * Math.sqrt(mean / (1 - z))));
  let [tail, survival, total, next] = [1, 1, 0, k - done];
  const reach = () => {
    total += survival * tail;
    const m = (next + done) / k;
    survival *= (b + m - 1) / (a + b + m - 1);
    next += k;
  };
  while (next < count) reach();
  let probability = Math.exp(
    lgamma(shape + count) - lgamma(shape) - lgamma(count + 1) + shape * Math.log1p(-z) + count * Math.log(z)
  );
  for (; tail > 1e-14 && survival > 1e-14; ++count) {
    if (count === next) reach();
    tail -= probability;
    probability *= ((shape + count) * z) / (count + 1);
    if (count > mean && probability < 1e-15) break;
  }
  return total;
}
