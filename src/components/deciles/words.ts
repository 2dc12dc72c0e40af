import {formatCount, formatDayIn, formatPercent, plural} from "../format.js";
import type {Partition} from "./partition.js";

/** How value concentrates, in one sentence. */
export function concentrationFinding({buckets, profiles}: Partition): string {
  const best = buckets[0];
  if (!best) return "Nobody is ranked here.";
  const half = buckets.find((bucket) => bucket.cumulative_value >= 0.5);
  const holds = `The best ${formatPercent(best.share_profiles, 0)} of ${formatCount(profiles)} customers hold ${formatPercent(best.share_value, 0)} of the value`;
  if (!half || half.bucket === best.bucket) return `${holds}.`;
  const customers = buckets
    .filter((bucket) => bucket.bucket <= half.bucket)
    .reduce((sum, b) => sum + b.share_profiles, 0);
  return `${holds}; ${formatPercent(half.cumulative_value, 0)} comes from the best ${formatPercent(customers, 0)}.`;
}

/** Whom the figures leave out or cannot tell apart, each in a sentence; empty where there is nothing to warn of. */
export function warnings(partition: Partition, minimum = 10): string[] {
  const {buckets, profiles, inactive, small, tied, split, isNegative} = partition;
  const ranked = profiles + inactive;
  return [
    ...(inactive > 0
      ? [
          `${plural(inactive, "customer")} (${formatPercent(inactive / ranked)}) did nothing in this window: they are counted as inactive and not ranked.`
        ]
      : []),
    ...(small > 0
      ? [
          `${plural(small, "customer")} here are not ranked: a group of fewer than ${minimum} is too small for ${minimum} buckets.`
        ]
      : []),
    ...(split > 0 && split / profiles > 0.01
      ? [
          `${formatPercent(split / profiles)} of the customers share a value with somebody in another bucket: ties are split, so their bucket is decided by id.`
        ]
      : []),
    ...(split === 0 && buckets.length > 0 && tied > profiles / Math.max(buckets.length, minimum)
      ? [
          `${plural(tied, "customer")} (${formatPercent(tied / profiles)}) share one value and stay together, so buckets are uneven and some may be missing.`
        ]
      : []),
    ...(isNegative
      ? ["Some totals are negative (refunds exceed purchases): they rank last and lower the share of the value."]
      : [])
  ];
}

/** The window in words: `1 Jul 1997 up to 30 Jun 1998`. */
export function windowText(
  {window_start, window_end}: Pick<Partition, "window_start" | "window_end">,
  timeZone: string
): string {
  const end = window_end ? formatDayIn(+window_end - 1, timeZone) : "now";
  return window_start ? `${formatDayIn(window_start, timeZone)} to ${end}` : `everything up to ${end}`;
}
