import {digamma, lgamma} from "../stats/gamma.js";
import {hyp2f1At} from "../stats/hyp2f1.js";
import type {PurchaseForecast, PurchaseModel} from "./model.js";
import type {Summary} from "./summary.js";

/**
 * BG/NBD: Poisson orders at a Gamma(r, alpha) rate; after each order a customer drops out with a Beta(a, b) probability.
 * Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2), equation 6.
 */
export const bgNbd: PurchaseModel = betaGeometric("bg-nbd", false);

/**
 * MBG/NBD: as BG/NBD, but a customer may also drop out right after the first order. Batislam, Denizel & Filiztekin
 * (2007), "Empirical validation and comparison of models for customer base analysis", IJRM 24(3).
 */
export const mbgNbd: PurchaseModel = betaGeometric("mbg-nbd", true);

function betaGeometric(name: string, isModified: boolean): PurchaseModel {
  return {
    name,
    parameters: ["r", "alpha", "a", "b"],
    hasDropOut: true,
    starts: [
      [0.5, 1, 0.8, 2],
      [1, 2, 0.3, 3],
      [0.2, 0.5, 2, 5]
    ],
    rescale: ([r, alpha, a, b], scale) => [r!, alpha! * scale, a!, b!],
    logLikelihood: (parameters, data) => logLikelihood(parameters, data, isModified),
    at: (parameters) => forecast(parameters, isModified)
  };
}

function logLikelihood([r, alpha, a, b]: number[], data: Summary, isModified: boolean) {
  const terms = new Map<number, ReturnType<typeof gammaTerms>>();
  const logAlpha = Math.log(alpha!);
  let [value, dr, dAlpha, da, db] = [0, 0, 0, 0, 0];
  for (let i = 0; i < data.x.length; ++i) {
    const x = data.x[i]!;
    let t = terms.get(x);
    if (!t) terms.set(x, (t = gammaTerms(r!, a!, b!, x, isModified)));
    const alphaT = alpha! + data.T[i]!;
    const alphaTx = alpha! + data.tx[i]!;
    const logT = Math.log(alphaT);
    const logTx = Math.log(alphaTx);
    const alive = t.logAlive - (r! + x) * logT;
    const gone = t.logGone - (r! + x) * logTx;
    const top = alive > gone ? alive : gone;
    const [eAlive, eGone] = [Math.exp(alive - top), Math.exp(gone - top)];
    const [wAlive, wGone] = [eAlive / (eAlive + eGone), eGone / (eAlive + eGone)];
    const weight = data.weight[i]!;
    value += weight * (t.constant + r! * logAlpha + top + Math.log(eAlive + eGone));
    dr += weight * (t.dr + logAlpha - wAlive * logT - wGone * logTx);
    dAlpha += weight * (r! / alpha! - (r! + x) * (wAlive / alphaT + wGone / alphaTx));
    da += weight * (t.da + wAlive * t.daAlive + wGone * t.daGone);
    db += weight * (t.db + wAlive * t.dbAlive + wGone * t.dbGone);
  }
  return {value, gradient: [dr, dAlpha, da, db]};
}

/** Everything that depends on x alone; tabulated, since x takes few values. */
function gammaTerms(r: number, a: number, b: number, x: number, isModified: boolean) {
  const logBeta = lgamma(a) + lgamma(b) - lgamma(a + b);
  const shared = {constant: lgamma(r + x) - lgamma(r), dr: digamma(r + x) - digamma(r)};
  if (isModified) {
    const total = digamma(a + b + x + 1);
    const logTotal = lgamma(a + b + x + 1);
    return {
      ...shared,
      constant: shared.constant - logBeta,
      da: digamma(a + b) - digamma(a) - total,
      db: digamma(a + b) - digamma(b) - total,
      logAlive: lgamma(a) + lgamma(b + x + 1) - logTotal,
      logGone: lgamma(a + 1) + lgamma(b + x) - logTotal,
      daAlive: digamma(a),
      daGone: digamma(a + 1),
      dbAlive: digamma(b + x + 1),
      dbGone: digamma(b + x)
    };
  }
  const total = digamma(a + b) - digamma(a + b + x);
  return {
    ...shared,
    constant: shared.constant + lgamma(b + x) + lgamma(a) - lgamma(a + b + x) - logBeta,
    da: total,
    db: total + digamma(b + x) - digamma(b),
    logAlive: 0,
    logGone: x > 0 ? Math.log(a) - Math.log(b + x - 1) : -Infinity,
    daAlive: 0,
    daGone: 1 / a,
    dbAlive: 0,
    dbGone: x > 0 ? -1 / (b + x - 1) : 0
  };
}

/**
 * Expected orders in the form after Euler's transformation of 2F1, which neither overflows nor loses its digits at high
 * frequency. At a = 1 the expression is 0/0: the mean of both sides stands in.
 */
function forecast([r, alpha, a, b]: number[], isModified: boolean): PurchaseForecast {
  if (Math.abs(a! - 1) < 1e-4) {
    const [low, high] = [
      forecast([r!, alpha!, 1 - 2e-4, b!], isModified),
      forecast([r!, alpha!, 1 + 2e-4, b!], isModified)
    ];
    return {
      pAlive: (x, tx, T) => pAlive(x, tx, T),
      expected: (h, x, tx, T) => (low.expected(h, x, tx, T) + high.expected(h, x, tx, T)) / 2,
      unconditional: (t) => (low.unconditional(t) + high.unconditional(t)) / 2
    };
  }
  const shift = isModified ? 0 : 1;
  const series = new Map<number, (z: number) => number>();
  const grown = (x: number, z: number): number => {
    let f = series.get(x);
    if (!f) series.set(x, (f = hyp2f1At(a! + b! - shift - r!, a! - 1, a! + b! + x - shift)));
    return ((a! + b! + x - shift) / (a! - 1)) * (1 - Math.pow(1 - z, a! - 1) * f(z));
  };
  function pAlive(x: number, tx: number, T: number): number {
    if (!isModified && x === 0) return 1;
    const logOdds = Math.log(a! / (b! + x - shift)) + (r! + x) * (Math.log(alpha! + T) - Math.log(alpha! + tx));
    return 1 / (1 + Math.exp(logOdds));
  }
  return {
    pAlive,
    expected: (h, x, tx, T) => (h > 0 ? pAlive(x, tx, T) * grown(x, h / (alpha! + T + h)) : 0),
    unconditional: (t) => (t > 0 ? unconditionalShare() * grown(0, t / (alpha! + t)) : 0)
  };
  /** A new BG customer is alive; a new MBG customer survives the first order's drop-out with probability b/(a+b). */
  function unconditionalShare(): number {
    return isModified ? b! / (a! + b!) : 1;
  }
}
