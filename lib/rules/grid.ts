import type {Operator} from "./operators.js";
import type {Operand} from "./subject.js";

/**
 * The values a slider can stand on: `(start + i × step) / scale` for i = 0 … steps, all whole numbers, so that every
 * one is the double that its decimal spelling means, here and in SQL.
 */
export interface Grid {
  start: number;
  step: number;
  scale: number;
  steps: number;
}

/** A grid of round numbers over what most profiles have: from the least to the 99th percentile (or the greatest). */
export function gridOver(quantiles: number[], steps = 200): Grid {
  const finite = quantiles.filter(Number.isFinite);
  const low = finite[0] ?? 0;
  const greatest = finite.at(-1) ?? 1;
  const most = finite.length > 4 ? finite.at(-3)! : greatest;
  const high = greatest - low > 2 * (most - low) && most > low ? most : greatest;
  const isWhole = finite.every(Number.isInteger);
  const wanted = Math.max((high - low) / steps, isWhole ? 1 : 1e-6);
  const power = Math.floor(Math.log10(wanted) + 1e-9);
  const factor = [1, 2, 5, 10].find((f) => f * 10 ** power >= wanted * (1 - 1e-9))!;
  const scale = power < 0 ? 10 ** -power : 1;
  const step = power < 0 ? factor : factor * 10 ** power;
  const start = Math.floor((low * scale) / step + 1e-9) * step;
  return {start, step, scale, steps: Math.max(1, Math.ceil((high * scale - start) / step - 1e-9))};
}

/** The value at a place of the grid. */
export function gridValue({start, step, scale}: Grid, index: number): number {
  return (start + index * step) / scale;
}

/** The place nearest to a value, within the grid. */
export function gridIndex({start, step, scale, steps}: Grid, value: number): number {
  return Math.max(0, Math.min(steps, Math.round((value * scale - start) / step)));
}

/** How many bins `binsOf` tells apart, the last of them for what is no number. */
export function gridBins({steps}: Grid): number {
  return 2 * steps + 4;
}

/**
 * The bins of values: 2i + 1 for those equal to the grid's place i, 2i for those between the places i − 1 and i, 0 below
 * and 2 × steps + 2 above the grid, then NaN, which is none. So every comparison with a place is a run of bins, borders
 * included.
 */
export function binsOf(grid: Grid, values: Float64Array): Uint16Array {
  const {steps, step, scale} = grid;
  const places = Float64Array.from({length: steps + 1}, (_, i) => gridValue(grid, i));
  const [low, high, perPlace] = [places[0]!, places[steps]!, scale / step];
  const bins = new Uint16Array(values.length);
  for (let row = 0; row < values.length; ++row) {
    const value = values[row]!;
    if (value >= low && value <= high) {
      // Rounding may put the guess one off; comparing with the places on either side sets it right.
      let place = Math.min(steps, Math.trunc((value - low) * perPlace));
      if (place < steps && value >= places[place + 1]!) ++place;
      else if (value < places[place]!) --place;
      bins[row] = value === places[place] ? 2 * place + 1 : 2 * place + 2;
    } else bins[row] = value < low ? 0 : value > high ? 2 * steps + 2 : 2 * steps + 3;
  }
  return bins;
}

/** The run of bins `[from, to)` in which a comparison with places of the grid holds; undefined for other operators. */
export function gridRun(grid: Grid, operator: Operator, operand: Operand): [number, number] | undefined {
  const end = 2 * grid.steps + 3;
  const bin = (value: unknown) => 2 * gridIndex(grid, value as number) + 1;
  switch (operator) {
    case "at_least":
      return [bin(operand), end];
    case "more_than":
      return [bin(operand) + 1, end];
    case "at_most":
      return [0, bin(operand) + 1];
    case "less_than":
      return [0, bin(operand)];
    case "between": {
      const [low, high] = operand as number[];
      return [bin(low), Math.max(bin(low), bin(high) + 1)];
    }
    default:
      return undefined;
  }
}
