import type {Row} from "../data.js";

/** A row of `deciles.arrow`: a bucket of one partition, or customers of it who are not ranked. */
export interface Bucket extends Row {
  metric: string;
  lookback: string;
  category: string;
  bucket: number | null;
  reason: string | null;
  profiles: number;
  value: number | null;
  lower: number | null;
  upper: number | null;
  tied: number | null;
  split: number;
  window_start: Date | null;
  window_end: Date;
}

/** What the pickers choose: customers ranked by one metric over one window within one category. */
export interface Choice {
  metric: string;
  lookback: string;
  category: string;
}

export interface Ranked extends Bucket {
  bucket: number;
  value: number;
  /** Shares of the ranked customers and of their value. */
  share_profiles: number;
  share_value: number;
  cumulative_value: number;
  mean: number;
}

/** One partition: its ranked buckets, best first, and who is not ranked. */
export interface Partition {
  buckets: Ranked[];
  profiles: number;
  value: number;
  inactive: number;
  small: number;
  /** Customers of the largest group that shares one value. */
  tied: number;
  /** Customers whose equals stand in another bucket (only where ties are split). */
  split: number;
  /** Customers with a negative total. */
  isNegative: boolean;
  window_start: Date | null;
  window_end: Date | null;
}

/** The chosen partition of `deciles.arrow`, with shares and means. */
export function partition(rows: readonly Bucket[], {metric, lookback, category}: Choice): Partition {
  const chosen = rows.filter((row) => row.metric === metric && row.lookback === lookback && row.category === category);
  const ranked = chosen.filter((row) => row.bucket !== null).sort((a, b) => a.bucket! - b.bucket!);
  const profiles = total(ranked, (row) => row.profiles);
  const value = total(ranked, (row) => row.value ?? 0);
  let running = 0;
  const buckets = ranked.map((row) => {
    running += row.value ?? 0;
    return {
      ...row,
      bucket: row.bucket!,
      value: row.value ?? 0,
      share_profiles: row.profiles / profiles,
      share_value: value > 0 ? (row.value ?? 0) / value : 0,
      cumulative_value: value > 0 ? running / value : 0,
      mean: (row.value ?? 0) / row.profiles
    };
  });
  const because = (reason: string) =>
    total(
      chosen.filter((row) => row.reason === reason),
      (row) => row.profiles
    );
  return {
    buckets,
    profiles,
    value,
    inactive: because("inactive"),
    small: because("small_partition"),
    tied: Math.max(0, ...ranked.map((row) => row.tied ?? 0)),
    split: total(ranked, (row) => row.split),
    isNegative: ranked.some((row) => (row.lower ?? 0) < 0),
    window_start: chosen[0]?.window_start ?? null,
    window_end: chosen[0]?.window_end ?? null
  };
}

/** The distinct values of a column, in order of appearance. */
export function distinct<T, K extends keyof T>(rows: readonly T[], column: K): T[K][] {
  return [...new Set(rows.map((row) => row[column]))];
}

function total<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0);
}
