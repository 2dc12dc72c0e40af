import {chiSquareTail} from "./chiSquare.js";

/** A difference found in one part of the people, with its standard error. */
export interface Effect {
  estimate: number;
  error: number;
}

export interface Heterogeneity {
  /** The mean of the parts by the inverse of their variance. */
  pooled: Effect;
  /** Cochran's Q: how far the parts lie apart beyond their errors. */
  q: number;
  df: number;
  /** The chance of such a Q if the effect were the same in all parts: the joint test. */
  p: number;
  /** The variance between the parts; 0 where Q shows none. */
  between: number;
  /** Each part drawn towards the mean by how little it says by itself; NaN where it says nothing. */
  shrunk: number[];
}

/**
 * Whether an effect differs between parts of the people: Cochran's Q (1954) with the moment estimate of the variance
 * between them by DerSimonian & Laird (1986), and the empirical Bayes estimates that follow (Morris 1983, eq. 1.5).
 * Parts without a known error greater than 0 are left out. Undefined below two parts.
 */
export function heterogeneity(effects: readonly Effect[]): Heterogeneity | undefined {
  const known = effects.filter(isKnown);
  if (known.length < 2) return undefined;
  const weights = known.map(({error}) => 1 / (error * error));
  const fixed = weightedMean(known, weights);
  const q = known.reduce((sum, {estimate}, i) => sum + weights[i]! * (estimate - fixed.estimate) ** 2, 0);
  const df = known.length - 1;
  const total = weights.reduce((sum, w) => sum + w, 0);
  const scale = total - weights.reduce((sum, w) => sum + w * w, 0) / total;
  const between = Math.max(0, (q - df) / scale);
  const {estimate: center} = weightedMean(
    known,
    known.map(({error}) => 1 / (error * error + between))
  );
  const shrunk = effects.map((effect) => {
    if (!isKnown(effect)) return NaN;
    const own = between / (between + effect.error ** 2);
    return own * effect.estimate + (1 - own) * center;
  });
  return {pooled: fixed, q, df, p: chiSquareTail(q, df), between, shrunk};
}

function isKnown({estimate, error}: Effect): boolean {
  return Number.isFinite(estimate) && Number.isFinite(error) && error > 0;
}

function weightedMean(effects: readonly Effect[], weights: readonly number[]): Effect {
  const total = weights.reduce((sum, w) => sum + w, 0);
  return {
    estimate: effects.reduce((sum, {estimate}, i) => sum + weights[i]! * estimate, 0) / total,
    error: Math.sqrt(1 / total)
  };
}
