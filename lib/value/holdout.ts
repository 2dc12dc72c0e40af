import {descendingOrder} from "../stats/order.js";

/** How a forecast fared against what came: one number per customer, predicted and actual, in the same order. */
export interface HoldoutCheck {
  predicted: number;
  actual: number;
  /** Predicted over actual total; null where nothing came. */
  ratio: number | null;
  rmse: number;
  mae: number;
  correlation: number | null;
}

/** Totals and errors of a forecast. */
export function checkHoldout(predicted: ArrayLike<number>, actual: ArrayLike<number>): HoldoutCheck {
  const n = predicted.length;
  let [sumP, sumA, squares, absolute] = [0, 0, 0, 0];
  for (let i = 0; i < n; ++i) {
    const error = predicted[i]! - actual[i]!;
    sumP += predicted[i]!;
    sumA += actual[i]!;
    squares += error * error;
    absolute += Math.abs(error);
  }
  let [pp, aa, pa] = [0, 0, 0];
  for (let i = 0; i < n; ++i) {
    const [p, a] = [predicted[i]! - sumP / n, actual[i]! - sumA / n];
    pp += p * p;
    aa += a * a;
    pa += p * a;
  }
  return {
    predicted: sumP,
    actual: sumA,
    ratio: sumA > 0 ? sumP / sumA : null,
    rmse: n > 0 ? Math.sqrt(squares / n) : 0,
    mae: n > 0 ? absolute / n : 0,
    correlation: pp > 0 && aa > 0 ? pa / Math.sqrt(pp * aa) : null
  };
}

export interface Gain {
  /** Share of the actual total that the best-scored 10, 20, … 100% of customers brought. */
  capture: number[];
  /** The curve's area over the diagonal, as a share of the perfect ranking's; null where nothing came. */
  normalisedGini: number | null;
}

/**
 * The cumulative gain of ranking customers by a score. Customers with one score share their total evenly, so that the
 * result does not depend on how ties fall. Negative actuals count as zero. Several scores can share the perfect curve.
 */
export function gain(
  score: ArrayLike<number>,
  actual: ArrayLike<number>,
  perfect: GainCurve = gainCurve(actual, actual)
): Gain {
  const curve = gainCurve(score, actual);
  const n = score.length;
  const {counts, shares} = curve;
  let i = 0;
  /** To be asked in rising order. */
  const at = (share: number) => {
    const place = share * n;
    while (counts[i]! < place) ++i;
    const [c0, s0] = i > 0 ? [counts[i - 1]!, shares[i - 1]!] : [0, 0];
    const [c1, s1] = [counts[i] ?? n, shares[i] ?? 1];
    return c1 === c0 ? s1 : s0 + ((s1 - s0) * (place - c0)) / (c1 - c0);
  };
  const area = perfect.counts.length > 0 ? areaOver(perfect) : 0;
  return {
    capture: Array.from({length: 10}, (_, tenth) => (counts.length > 0 ? at((tenth + 1) / 10) : 0)),
    normalisedGini: area > 0 ? areaOver(curve) / area : null
  };
}

/** The curve's corners, one per distinct score from the top; none where nothing came. */
export interface GainCurve {
  /** Customers so far. */
  counts: Float64Array;
  /** Their share of the total. */
  shares: Float64Array;
}

/** What the best customers by a score brought; by the actuals themselves, the most that any ranking finds. */
export function gainCurve(score: ArrayLike<number>, actual: ArrayLike<number>): GainCurve {
  const order = descendingOrder(score);
  const n = order.length;
  const [counts, sums] = [new Float64Array(n), new Float64Array(n)];
  let total = 0;
  let corners = 0;
  for (let place = 0; place < n; ++place) {
    const i = order[place]!;
    total += Math.max(0, actual[i]!);
    if (place + 1 < n && score[order[place + 1]!] === score[i]) continue;
    counts[corners] = place + 1;
    sums[corners++] = total;
  }
  if (total === 0) corners = 0;
  return {counts: counts.slice(0, corners), shares: sums.subarray(0, corners).map((sum) => sum / total)};
}

function areaOver({counts, shares}: GainCurve): number {
  let [area, count, share] = [0, 0, 0];
  for (let i = 0; i < counts.length; ++i) {
    area += ((counts[i]! - count) * (shares[i]! + share)) / 2;
    count = counts[i]!;
    share = shares[i]!;
  }
  return area / count - 0.5;
}

export interface CalibrationRow {
  /** 1 for the customers of whom most was predicted. */
  group: number;
  customers: number;
  predicted: number;
  actual: number;
  /** What the baseline predicted of the same customers. */
  baseline: number;
}

/**
 * Predicted against actual by tenth of the prediction; customers of whom the same was predicted stay together (group =
 * ceil(10 × midrank / n), as deciles with ties together), so that a group may be empty.
 */
export function calibration(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  baseline: ArrayLike<number>,
  groups = 10
): CalibrationRow[] {
  const n = predicted.length;
  const order = descendingOrder(predicted);
  const rows = Array.from({length: groups}, (_, i) => ({
    group: i + 1,
    customers: 0,
    predicted: 0,
    actual: 0,
    baseline: 0
  }));
  for (let start = 0; start < n;) {
    let end = start + 1;
    while (end < n && predicted[order[end]!] === predicted[order[start]!]) ++end;
    const midrank = (start + 1 + end) / 2;
    const row = rows[Math.ceil((groups * midrank) / n) - 1]!;
    for (let place = start; place < end; ++place) {
      const i = order[place]!;
      ++row.customers;
      row.predicted += predicted[i]!;
      row.actual += actual[i]!;
      row.baseline += baseline[i]!;
    }
    start = end;
  }
  return rows;
}
