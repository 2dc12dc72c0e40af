import {compileRule, quote, type Compiled} from "./compile.js";
import {measureColumns, type CountOptions} from "./count.js";
import type {Field} from "./field.js";
import {gridBins, gridBinSql, gridRun, type Grid} from "./grid.js";
import {testOf, type Condition, type Rule, type Scalar} from "./rule.js";

/** How the values of a dragged condition's field are told apart: places of a grid, or listed values. */
export type Bins = {grid: Grid} | {values: Scalar[]};

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

/**
 * The one query behind a drag: how customers spread over the bins of the dragged condition's field, those who are in if
 * the condition holds (`t`, `tv`) and those who are in if it does not (`f`, `fv`), by category and decile.
 */
export function dragQuery(rule: Rule, dragged: Condition, field: Field, bins: Bins, options: CountOptions): Compiled {
  const holds = compileRule(rule, {...options, assume: {node: dragged, value: true}});
  const fails = compileRule(rule, {...options, assume: {node: dragged, value: false}, parameters: holds.parameters});
  let {parameters} = fails;
  const column = options.column?.(field) ?? quote(field.column);
  let bin: string;
  if ("grid" in bins) bin = gridBinSql(bins.grid, column);
  else {
    const cases = bins.values.map((value, i) => {
      parameters = [...parameters, value];
      return `when $${parameters.length}::${typeof value === "number" ? "utinyint" : "varchar"} then ${i}`;
    });
    bin = `case ${column} ${cases.join(" ")} else ${bins.values.length} end`;
  }
  const {value, decile} = measureColumns(options);
  const either = fails.sql === "false" ? holds.sql : `(${holds.sql}) or (${fails.sql})`;
  const counted = (sql: string, name: string) => {
    if (sql === "false") return `0 as ${name}, 0 as ${name}v`;
    if (sql === either) return `count(*) as ${name}, sum(${value}) as ${name}v`;
    return `count(*) filter (where ${sql}) as ${name}, sum(${value}) filter (where ${sql}) as ${name}v`;
  };
  return {
    sql: `select ${bin} as bin, category, ${decile} as decile, ${counted(holds.sql, "t")}, ${counted(fails.sql, "f")}
from ${options.table}
where ${either}
group by all`,
    parameters
  };
}

/** What the drag's query returns, column by column. */
export interface DragColumns {
  bin: ArrayLike<number>;
  category: ArrayLike<string | null>;
  decile: ArrayLike<number | null>;
  t: ArrayLike<number>;
  tv: ArrayLike<number | null>;
  f: ArrayLike<number>;
  fv: ArrayLike<number | null>;
}

/** Answers a dragged condition without a query: sums over runs of bins, from prefix sums. */
export class DragCounts {
  private readonly series: Series[];
  private readonly categories: string[];
  private readonly deciles: (number | null)[];
  /** Customers by bin who are in wherever the dragged condition holds: the histogram beside the slider. */
  readonly histogram: Float64Array;

  constructor(
    readonly bins: Bins,
    columns: DragColumns
  ) {
    const size = "grid" in bins ? gridBins(bins.grid) : bins.values.length + 1;
    const n = columns.bin.length;
    this.categories = unique(columns.category, n).map((name) => name ?? "(none)");
    this.deciles = unique(columns.decile, n);
    this.histogram = new Float64Array(size);
    const all = new Series(size);
    const byCategory = new Map(this.categories.map((name) => [name, new Series(size)]));
    const byDecile = new Map(this.deciles.map((decile) => [decile, new Series(size)]));
    for (let i = 0; i < n; ++i) {
      const bin = columns.bin[i]!;
      const [t, tv, f, fv] = [columns.t[i]!, columns.tv[i] ?? 0, columns.f[i]!, columns.fv[i] ?? 0];
      this.histogram[bin]! += t;
      all.add(bin, t, tv, f, fv);
      byCategory.get(columns.category[i] ?? "(none)")!.add(bin, t, tv, f, fv);
      byDecile.get(columns.decile[i] ?? null)!.add(bin, t, tv, f, fv);
    }
    this.series = [all, ...byCategory.values(), ...byDecile.values()];
    for (const series of this.series) series.accumulate();
  }

  /** The counts for a test of the dragged condition; undefined where the bins do not tell. */
  summary(condition: Condition): Summary | undefined {
    const runs = this.runs(condition);
    if (!runs) return undefined;
    const parts = this.series.map((series) => series.over(runs));
    const afterCategories = 1 + this.categories.length;
    return {
      ...parts[0]!,
      categories: new Map(this.categories.map((name, i) => [name, parts[1 + i]!])),
      deciles: new Map(this.deciles.map((decile, i) => [decile, parts[afterCategories + i]!]))
    };
  }

  private runs(condition: Condition): [number, number][] | undefined {
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
    const holds = [...values.map((value) => chosen.includes(value) !== denied), denied];
    return holds.flatMap((is, bin): [number, number][] => (is ? [[bin, bin + 1]] : []));
  }
}

/** Counts and values by bin: those who are in if the condition fails, and what it adds where it holds. */
class Series {
  private readonly gained: Float64Array;
  private readonly gainedValue: Float64Array;
  private base = 0;
  private baseValue = 0;

  constructor(size: number) {
    this.gained = new Float64Array(size + 1);
    this.gainedValue = new Float64Array(size + 1);
  }

  add(bin: number, t: number, tv: number, f: number, fv: number) {
    this.base += f;
    this.baseValue += fv;
    this.gained[bin + 1]! += t - f;
    this.gainedValue[bin + 1]! += tv - fv;
  }

  accumulate() {
    for (let i = 1; i < this.gained.length; ++i) {
      this.gained[i]! += this.gained[i - 1]!;
      this.gainedValue[i]! += this.gainedValue[i - 1]!;
    }
  }

  over(runs: [number, number][]): Part {
    let profiles = this.base;
    let value = this.baseValue;
    for (const [from, to] of runs) {
      profiles += this.gained[to]! - this.gained[from]!;
      value += this.gainedValue[to]! - this.gainedValue[from]!;
    }
    return {profiles, value};
  }
}

function unique<T>(values: ArrayLike<T>, n: number): T[] {
  const set = new Set<T>();
  for (let i = 0; i < n; ++i) set.add(values[i] as T);
  return [...set];
}
