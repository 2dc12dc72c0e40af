import {chiSquareTail} from "./chiSquare.js";

export interface SampleRatio {
  statistic: number;
  df: number;
  p: number;
}

/** Below this chance of such sizes the split is taken for broken. */
export const brokenSplit = 0.001;

/**
 * The chi-square test that groups have the sizes they were meant to have; `shares` are relative (1, 1, 1 is a third
 * each). A p below `brokenSplit` says that the assignment or its record is broken: differences then mean nothing.
 */
export function sampleRatio(counts: readonly number[], shares: readonly number[] = counts.map(() => 1)): SampleRatio {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const df = counts.length - 1;
  if (n === 0 || df < 1) return {statistic: 0, df, p: 1};
  const statistic = counts.reduce((sum, count, i) => {
    const expected = (n * shares[i]!) / whole;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return {statistic, df, p: chiSquareTail(statistic, df)};
}
