import type {Table} from "apache-arrow";
import {countBits, listBits, readBitstring, type Bits} from "../../lib/rules/bits.js";
import {
  bitsQuery,
  categoriesQuery,
  numbersQuery,
  placesQuery,
  profileColumnsQuery,
  rowsQuery,
  type ColumnOptions
} from "../../lib/rules/columnQueries.js";
import type {Compiled} from "../../lib/rules/compile.js";
import {alternativesOf, measureFields, type CountOptions} from "../../lib/rules/count.js";
import {DragCounts, type Bins} from "../../lib/rules/drag.js";
import {evaluateRule, leavesOf} from "../../lib/rules/evaluate.js";
import {fieldFamily, fieldOf, isElsewhere, type Field} from "../../lib/rules/field.js";
import {binsOf} from "../../lib/rules/grid.js";
import {isCondition, type Rule} from "../../lib/rules/rule.js";
import type {Condition} from "../../lib/rules/subject.js";
import {tally, type ProfileColumns, type Summary} from "../../lib/rules/tally.js";

/** Bytes of conditions' answers that are kept; the ones asked for longest ago go first. */
const room = 64e6;

/** Conditions answered by one query: of ten thousand the engine would run out of memory. */
const atOnce = 200;

/**
 * The published profiles as typed arrays. The database answers each condition once, as one bit for each profile; how
 * conditions combine, who that is, and what a dragged value would give are then counted here, without a query.
 */
export class Profiles {
  readonly #query: (compiled: Compiled) => Promise<Table>;
  readonly #beside: Pick<ColumnOptions, "events">;
  readonly #answers = new Map<string, Bits>();
  readonly #columns = new Map<string, Promise<ProfileColumns>>();
  readonly #numbers = new Map<string, Promise<Float64Array>>();
  readonly #bins = new Map<string, Promise<Uint16Array>>();
  #count: Promise<number> | undefined;

  /** `beside` the profiles: the tables that conditions on more than them are answered from. */
  constructor(query: (compiled: Compiled) => Promise<Table>, beside: Pick<ColumnOptions, "events"> = {}) {
    this.#query = query;
    this.#beside = beside;
  }

  /** Reads what every profile is counted by. */
  columns(options: CountOptions): Promise<ProfileColumns> {
    return kept(this.#columns, JSON.stringify(options.measure), () => this.#readColumns(options));
  }

  async summary(rule: Rule, options: CountOptions): Promise<Summary> {
    const columns = await this.columns(options);
    return tally(await this.bits(rule, options), columns);
  }

  /** Whom a rule takes in. Asks the database only for conditions that it has not answered before. */
  async bits(rule: Rule, options: CountOptions): Promise<Bits> {
    const n = await this.#size(options);
    return evaluateRule(rule, {n, bitsOf: await this.#answer([rule], options)});
  }

  /** How many several rules take in, each. */
  async counts(rules: readonly Rule[], options: CountOptions): Promise<number[]> {
    const n = await this.#size(options);
    const bitsOf = await this.#answer(rules, options);
    return rules.map((rule) => countBits(evaluateRule(rule, {n, bitsOf})));
  }

  /**
   * Some whom a rule takes in, the first by id: the fields that it names, and the measure; and for each of them, in the
   * same order, which of the rule's alternatives hold (`alternativesOf`).
   */
  async examples(rule: Rule, options: CountOptions, limit = 20): Promise<{table: Table; holds: boolean[][]}> {
    const rows = listBits(await this.bits(rule, options), limit);
    const alternatives: Bits[] = [];
    for (const node of alternativesOf(rule)) alternatives.push(await this.bits(node, options));
    const holds = rows.map((row) => alternatives.map((bits) => ((bits[row >>> 5]! >>> (row & 31)) & 1) === 1));
    return {table: await this.#query(rowsQuery(rows, rule, options)), holds};
  }

  /** The counts of every value that a dragged condition can take. */
  async drag(rule: Rule, dragged: Condition, bins: Bins, options: CountOptions): Promise<DragCounts> {
    const columns = await this.columns(options);
    const {n} = columns;
    const bin = await this.#binOf(fieldOf(dragged, options.fields), bins, options);
    const bitsOf = await this.#answer([rule], options, dragged);
    const assuming = (value: boolean) => evaluateRule(rule, {n, bitsOf, assume: {node: dragged, value}});
    return new DragCounts(bins, {holds: assuming(true), fails: assuming(false), bin}, columns);
  }

  /** Reads the numbers that sliders of a rule may be dragged over, so that taking hold of one needs no query. */
  async prepare(rule: Rule, options: CountOptions): Promise<void> {
    for (const leaf of leavesOf(rule)) {
      if (!isCondition(leaf)) continue;
      const field = fieldOf(leaf, options.fields);
      if (fieldFamily(field) === "number" && !isElsewhere(field)) await this.#numbersOf(field, options);
    }
  }

  /** The bin of every profile's value of a field. */
  #binOf(field: Field, bins: Bins, options: CountOptions): Promise<Uint16Array> {
    return kept(this.#bins, JSON.stringify([field.column, bins]), async () => {
      if ("grid" in bins) return binsOf(bins.grid, await this.#numbersOf(field, options));
      const bin = new Uint16Array(await this.#size(options));
      const table = await this.#query(placesQuery(field, bins.values, options));
      scatter(table, "value", (row, value) => (bin[row] = value), bins.values.length);
      return bin;
    });
  }

  #numbersOf(field: Field, options: CountOptions): Promise<Float64Array> {
    return kept(this.#numbers, field.column, async () => {
      const numbers = new Float64Array(await this.#size(options));
      scatter(await this.#query(numbersQuery(field, options)), "value", (row, value) => (numbers[row] = value), NaN);
      return numbers;
    });
  }

  async #size({table}: CountOptions): Promise<number> {
    this.#count ??= this.#query({sql: `select count(*)::double as n from ${table}`, parameters: []}).then((found) =>
      Number(found.getChild("n")!.get(0))
    );
    return this.#count;
  }

  async #readColumns(options: CountOptions): Promise<ProfileColumns> {
    const n = await this.#size(options);
    const names = await this.#query(categoriesQuery(options));
    const table = await this.#query(profileColumnsQuery(options));
    const [category, decile, value] = [new Uint16Array(n), new Uint8Array(n), new Float64Array(n)];
    scatter(table, "category", (row, code) => (category[row] = code));
    scatter(table, "decile", (row, bucket) => (decile[row] = bucket));
    scatter(table, "value", (row, worth) => (value[row] = worth));
    const {buckets = 10} = measureFields(options.measure, options.fields).decile;
    return {n, categories: [...names.getChild("category")!] as string[], category, decile, value, buckets};
  }

  /** Answers the conditions of rules, all new ones together, but for one that is left out. */
  async #answer(rules: readonly Rule[], options: CountOptions, except?: Rule): Promise<(condition: Rule) => Bits> {
    const n = await this.#size(options);
    const asked = new Map(rules.flatMap(leavesOf).flatMap((leaf) => (leaf === except ? [] : [[keyOf(leaf), leaf]])));
    const missing = [...asked].filter(([key]) => !this.#answers.has(key));
    for (let from = 0; from < missing.length && n > 0; from += atOnce) {
      const part = missing.slice(from, from + atOnce);
      const table = await this.#query(bitsQuery(part.map(([, leaf]) => leaf), n, {...options, ...this.#beside})); // prettier-ignore
      part.forEach(([key], i) =>
        this.#answers.set(key, readBitstring(table.getChild(`b${i}`)!.get(0) as Uint8Array | null, n))
      );
    }
    for (const key of asked.keys()) {
      const bits = this.#answers.get(key);
      if (!bits) continue;
      this.#answers.delete(key);
      this.#answers.set(key, bits);
    }
    const most = Math.max(asked.size, Math.floor(room / Math.max(4, n / 8)));
    for (const key of this.#answers.keys()) {
      if (this.#answers.size <= most) break;
      this.#answers.delete(key);
    }
    const answers = new Map([...asked.keys()].map((key) => [key, this.#answers.get(key) ?? new Uint32Array(0)]));
    return (condition) => answers.get(keyOf(condition))!;
  }
}

function keyOf(condition: Rule): string {
  return JSON.stringify(condition);
}

/** What is being made or has been, by its key; what fails is tried again. */
function kept<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let promise = made.get(key);
  if (!promise) {
    made.set(key, (promise = make()));
    promise.catch(() => made.delete(key));
  }
  return promise;
}

/** Calls back with every row's number and its value of a column, as the chunks of the table hold them. */
function scatter(table: Table, name: string, take: (row: number, value: number) => void, none = 0) {
  let before = 0;
  for (const batch of table.batches) {
    const rows = batch.getChild("row")?.data[0]!.values as Uint32Array | undefined;
    const data = batch.getChild(name)!.data[0]!;
    const values = data.values as ArrayLike<number>;
    const hasNulls = data.nullCount > 0;
    for (let i = 0; i < batch.numRows; ++i) {
      take(rows ? rows[i]! : before + i, hasNulls && !data.getValid(i) ? none : values[i]!);
    }
    before += batch.numRows;
  }
}
