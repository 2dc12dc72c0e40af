import type {Bits} from "./bits.js";
import {gridBins, gridRun, type Grid} from "./grid.js";
import {testOf, type Condition, type Scalar} from "./subject.js";
import {summaryOf, type ProfileColumns, type Summary} from "./tally.js";

/** How the values of a dragged condition's field are told apart: places of a grid, or listed values. */
export type Bins = {grid: Grid} | {values: Scalar[]};

/** What a drag is counted from. */
export interface Dragged {
  /** Those who are in if the dragged condition holds, and if it does not. */
  holds: Bits;
  fails: Bits;
  /** The bin of each profile's value: `binsOf`, or the place among the values listed, their number for any other. */
  bin: Uint16Array;
}

/** How many bins there are. */
function countBins(bins: Bins): number {
  return "grid" in bins ? gridBins(bins.grid) : bins.values.length + 1;
}

/**
 * Answers a dragged condition without a query: one pass over those for whom it makes a difference, then sums over runs
 * of bins, by category and decile, from prefix sums.
 */
export class DragCounts {
  /** Customers by bin who are in wherever the dragged condition holds: the histogram beside the slider. */
  readonly histogram: Float64Array;
  /** Of every category, then of every decile, by bin: what is gained where the condition holds in the bins before. */
  readonly #gained: Float64Array;
  readonly #gainedValue: Float64Array;
  /** The same for those who are in anyway. */
  readonly #base: Float64Array;
  readonly #baseValue: Float64Array;
  readonly #size: number;
  readonly #parts: number;

  constructor(
    readonly bins: Bins,
    {holds, fails, bin}: Dragged,
    readonly columns: ProfileColumns
  ) {
    const {categories, category, decile, value, buckets} = columns;
    const size = (this.#size = countBins(bins));
    const first = categories.length;
    const parts = (this.#parts = first + buckets + 1);
    const gained = (this.#gained = new Float64Array((size + 1) * parts));
    const gainedValue = (this.#gainedValue = new Float64Array((size + 1) * parts));
    this.#base = new Float64Array(parts);
    this.#baseValue = new Float64Array(parts);
    this.histogram = new Float64Array(size);
    for (let i = 0; i < holds.length; ++i) {
      for (let word = holds[i]! | fails[i]!; word !== 0; word &= word - 1) {
        const bit = word & -word;
        const row = 32 * i + 31 - Math.clz32(bit);
        const worth = value[row]!;
        const [a, b] = [category[row]!, first + decile[row]!];
        const isIn = holds[i]! & bit ? 1 : 0;
        const isInAnyway = fails[i]! & bit ? 1 : 0;
        this.histogram[bin[row]!]! += isIn;
        if (isInAnyway) {
          this.#base[a]! += 1;
          this.#baseValue[a]! += worth;
          this.#base[b]! += 1;
          this.#baseValue[b]! += worth;
        }
        const change = isIn - isInAnyway;
        if (change === 0) continue;
        const at = (bin[row]! + 1) * parts;
        gained[at + a]! += change;
        gainedValue[at + a]! += change * worth;
        gained[at + b]! += change;
        gainedValue[at + b]! += change * worth;
      }
    }
    for (let i = parts; i < gained.length; ++i) {
      gained[i]! += gained[i - parts]!;
      gainedValue[i]! += gainedValue[i - parts]!;
    }
  }

  /** The counts for a test of the dragged condition; undefined where the bins do not tell. */
  summary(condition: Condition): Summary | undefined {
    const runs = this.#runs(condition);
    if (!runs) return undefined;
    const counts = this.#base.slice();
    const values = this.#baseValue.slice();
    for (const [from, to] of runs) {
      for (let part = 0; part < this.#parts; ++part) {
        counts[part]! += this.#gained[to * this.#parts + part]! - this.#gained[from * this.#parts + part]!;
        values[part]! += this.#gainedValue[to * this.#parts + part]! - this.#gainedValue[from * this.#parts + part]!;
      }
    }
    return summaryOf(this.columns, counts, values);
  }

  #runs(condition: Condition): [number, number][] | undefined {
    const {operator, operand} = testOf(condition);
    if ("grid" in this.bins) {
      const run = gridRun(this.bins.grid, operator, operand);
      return run && [run];
    }
    const {values} = this.bins;
    const chosen = operator === "is" || operator === "is_not" ? [operand as Scalar] : (operand as Scalar[]);
    if (!["is", "in", "is_not", "not_in"].includes(operator)) return undefined;
    const denied = operator === "is_not" || operator === "not_in";
    if (chosen.some((value) => !values.includes(value))) return undefined;
    const holds = Array.from({length: this.#size}, (_, bin) =>
      bin === values.length ? denied : chosen.includes(values[bin]!) !== denied
    );
    return holds.flatMap((is, bin): [number, number][] => (is ? [[bin, bin + 1]] : []));
  }
}
