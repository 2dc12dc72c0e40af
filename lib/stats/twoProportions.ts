import {normalCdf} from "./normal.js";

/**
 * The two-sided z test that two rates are equal, with the pooled variance. p is 1 where both rates are 0 or both 1, NaN
 * where a group is empty.
 */
export function twoProportions(events1: number, n1: number, events2: number, n2: number): {z: number; p: number} {
  const difference = events1 / n1 - events2 / n2;
  const pooled = (events1 + events2) / (n1 + n2);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  if (error === 0) return {z: 0, p: 1};
  const z = difference / error;
  return {z, p: 2 * normalCdf(-Math.abs(z))};
}
