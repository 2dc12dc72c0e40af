import type {Moments} from "./moments.js";
import {welch, type Welch} from "./welch.js";

/** What is enough to know of an outcome y and of what was known before, x, of one group of people. */
export interface PairMoments extends Moments {
  sumBefore: number;
  squaresBefore: number;
  /** The sum of y times x. */
  products: number;
}

export interface Cuped {
  /** The difference of the adjusted outcomes, with Welch's interval. */
  adjusted: Welch;
  theta: number;
  /** The share by which the variance of the difference fell: what the adjustment really bought. */
  removed: number;
}

/**
 * Compares two groups by an outcome less theta times what was known before the assignment, with theta the slope over
 * both groups together. Deng, Xu, Kohavi & Walker (2013), "Improving the sensitivity of online controlled experiments by
 * utilizing pre-experiment data" (CUPED), eq. 4. Undefined where nothing was known before or nothing varies.
 */
export function cuped(treated: PairMoments, control: PairMoments, confidence = 0.95): Cuped | undefined {
  const both = add(treated, control);
  const spread = both.squaresBefore - both.sumBefore ** 2 / both.n;
  if (!(spread > 0)) return undefined;
  const theta = (both.products - (both.sum * both.sumBefore) / both.n) / spread;
  const center = both.sumBefore / both.n;
  const adjusted = welch(adjust(treated, theta, center), adjust(control, theta, center), confidence);
  const plain = welch(treated, control, confidence);
  if (!(plain.error > 0)) return undefined;
  return {adjusted, theta, removed: 1 - (adjusted.error / plain.error) ** 2};
}

/** The moments of y − theta (x − center). */
function adjust(group: PairMoments, theta: number, center: number): Moments {
  const {n, sum, squares, sumBefore, squaresBefore, products} = group;
  const centred = sumBefore - n * center;
  const centredSquares = squaresBefore - 2 * center * sumBefore + n * center * center;
  const centredProducts = products - center * sum;
  return {n, sum: sum - theta * centred, squares: squares - 2 * theta * centredProducts + theta ** 2 * centredSquares};
}

function add(a: PairMoments, b: PairMoments): PairMoments {
  return {
    n: a.n + b.n,
    sum: a.sum + b.sum,
    squares: a.squares + b.squares,
    sumBefore: a.sumBefore + b.sumBefore,
    squaresBefore: a.squaresBefore + b.squaresBefore,
    products: a.products + b.products
  };
}
