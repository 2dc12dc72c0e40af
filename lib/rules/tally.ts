import type {Bits} from "./bits.js";

/** How many are in, what they are worth, and who they are. */
export interface Summary {
  profiles: number;
  value: number;
  categories: Map<string, Part>;
  deciles: Map<number | null, Part>;
}

export interface Part {
  profiles: number;
  value: number;
}

/** What profiles are counted by, in the order of their numbers. */
export interface ProfileColumns {
  n: number;
  categories: string[];
  /** The place among the categories. */
  category: Uint16Array;
  /** The decile; 0 where there is none. */
  decile: Uint8Array;
  /** The greatest decile there may be. */
  buckets: number;
  /** The measure; 0 where there is none. */
  value: Float64Array;
}

/** How many are in a set, what they are worth, and who they are: one pass over the set. */
export function tally(bits: Bits, columns: ProfileColumns): Summary {
  const {categories, category, decile, value, buckets} = columns;
  const counts = new Float64Array(categories.length + buckets + 1);
  const values = new Float64Array(counts.length);
  const first = categories.length;
  for (let i = 0; i < bits.length; ++i) {
    for (let word = bits[i]!; word !== 0; word &= word - 1) {
      const row = 32 * i + 31 - Math.clz32(word & -word);
      const worth = value[row]!;
      const [a, b] = [category[row]!, first + decile[row]!];
      counts[a]! += 1;
      values[a]! += worth;
      counts[b]! += 1;
      values[b]! += worth;
    }
  }
  return summaryOf(columns, counts, values);
}

/** Sums by category, then by decile (0 is none), as a summary; what holds nobody is left out. */
export function summaryOf(
  {categories, buckets}: Pick<ProfileColumns, "categories" | "buckets">,
  counts: ArrayLike<number>,
  values: ArrayLike<number>
): Summary {
  const part = (i: number): Part => ({profiles: counts[i]!, value: values[i]!});
  const summary: Summary = {profiles: 0, value: 0, categories: new Map(), deciles: new Map()};
  categories.forEach((name, i) => {
    if (counts[i]! > 0) summary.categories.set(name, part(i));
    summary.profiles += counts[i]!;
    summary.value += values[i]!;
  });
  for (let decile = 0; decile <= buckets; ++decile) {
    const i = categories.length + decile;
    if (counts[i]! > 0) summary.deciles.set(decile === 0 ? null : decile, part(i));
  }
  return summary;
}
