import type {Amounts} from "../stats/bootstrap.js";

/**
 * The difference of means per head, first less second, with amounts above the 99.9th percentile of all heads together cut
 * to it: how much of a difference hangs on the few largest. People without an amount count as 0. NaN of an empty group,
 * and where the percentile itself is 0.
 */
export function winsorised(one: Amounts, two: Amounts): number {
  const heads = one.n + two.n;
  const above = Math.floor(heads * (1 - 0.999));
  const all = new Float64Array(one.amounts.length + two.amounts.length);
  all.set(one.amounts);
  all.set(two.amounts, one.amounts.length);
  all.sort();
  const cut = all[all.length - 1 - above] ?? NaN;
  return total(one, cut) / one.n - total(two, cut) / two.n;
}

function total({amounts}: Amounts, cut: number): number {
  let sum = 0;
  for (let i = 0; i < amounts.length; ++i) sum += Math.min(amounts[i]!, cut);
  return sum;
}
