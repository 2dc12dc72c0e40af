import {normalCdf, normalQuantile} from "./normal.js";

/** What two groups are compared by: of rates by their base, of means by their deviation. */
export type Comparison = {kind: "rate"; base: number} | {kind: "mean"; deviation: number};

/** The chance to find what is not there (two-sided), and the chance asked for to find what is. */
const [alpha, wanted] = [0.05, 0.8];

/**
 * The chance that the two-sided z test of treated against control finds a difference, by the normal approximation with
 * the variance pooled under the null and apart under the alternative (Fleiss, Levin & Paik 2003, eq. 4.14, without the
 * correction for continuity). The other tail is left out. Of a rate outside 0 to 1 it is NaN.
 */
export function power(outcome: Comparison, difference: number, treated: number, control: number): number {
  if (!(treated > 0 && control > 0)) return 0;
  const z = normalQuantile(1 - alpha / 2);
  const {underNull, underAlternative} = errors(outcome, difference, treated, control);
  return normalCdf((Math.abs(difference) - z * underNull) / underAlternative);
}

/** The smallest rise that is found in four of five cases; Infinity where none is, as with an empty group. */
export function detectable(outcome: Comparison, treated: number, control: number): number {
  const finds = (difference: number) => power(outcome, difference, treated, control) >= wanted;
  if (outcome.kind === "mean") {
    if (!(treated > 0 && control > 0)) return Infinity;
    const factor = normalQuantile(1 - alpha / 2) + normalQuantile(wanted);
    return factor * outcome.deviation * Math.sqrt(1 / treated + 1 / control);
  }
  const most = 1 - outcome.base;
  if (!(most > 0) || !finds(most)) return Infinity;
  let [low, high] = [0, most];
  for (let i = 0; i < 60; ++i) {
    const middle = (low + high) / 2;
    if (finds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * How many people must be held out of `people` for a rise to be found in four of five cases: the fewest that do, at
 * the most half. Undefined where even half is not enough.
 */
export function holdoutSize(outcome: Comparison, rise: number, people: number): number | undefined {
  const finds = (held: number) => power(outcome, rise, people - held, held) >= wanted;
  const half = Math.floor(people / 2);
  if (!(rise > 0) || half < 1 || !finds(half)) return undefined;
  let [low, high] = [0, half];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (finds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function errors(outcome: Comparison, difference: number, treated: number, control: number) {
  if (outcome.kind === "mean") {
    const error = outcome.deviation * Math.sqrt(1 / treated + 1 / control);
    return {underNull: error, underAlternative: error};
  }
  const [p, q] = [outcome.base, outcome.base + difference];
  const pooled = (p * control + q * treated) / (control + treated);
  return {
    underNull: Math.sqrt(pooled * (1 - pooled) * (1 / treated + 1 / control)),
    underAlternative: Math.sqrt((q * (1 - q)) / treated + (p * (1 - p)) / control)
  };
}
