import type {Table} from "apache-arrow";
import type {Compiled} from "../../lib/rules/compile.js";
import {examplesQuery, funnelQuery, summaryQuery, type CountOptions} from "../../lib/rules/count.js";
import {DragCounts, dragQuery, type Bins, type DragColumns, type Part, type Summary} from "../../lib/rules/drag.js";
import {fieldOf} from "../../lib/rules/field.js";
import type {Condition, Rule} from "../../lib/rules/rule.js";
import {openDatabase, type BrowserDatabase} from "../database.js";
import {LatestQueue} from "./queue.js";

/** Counts rules in the reader's browser; the newest question wins, and those that matter most go first. */
export interface LiveCounts {
  /** Undefined where a newer question overtook it, here and below. */
  summary(rule: Rule, options: CountOptions): Promise<Summary | undefined>;
  /** How many each node holds on its own (`n0`, …) and what is left after each step (`left0`, …). */
  funnel(rule: Rule, options: CountOptions): Promise<Record<string, number> | undefined>;
  examples(rule: Rule, options: CountOptions): Promise<Record<string, unknown>[] | undefined>;
  drag(rule: Rule, dragged: Condition, bins: Bins, options: CountOptions): Promise<DragCounts | undefined>;
}

/** Opens the database of profiles when the first question comes. */
export function liveCounts(): LiveCounts {
  const queue = new LatestQueue(["drag", "summary", "funnel", "examples"]);
  const ask = async ({sql, parameters}: Compiled): Promise<Table> => (await segments()).query(sql, parameters);
  return {
    summary: (rule, options) => queue.run("summary", async () => summaryOf(await ask(summaryQuery(rule, options)))),
    funnel: (rule, options) =>
      queue.run("funnel", async () => plainRows(await ask(funnelQuery(rule, options)))[0] as Record<string, number>),
    examples: (rule, options) => queue.run("examples", async () => plainRows(await ask(examplesQuery(rule, options)))),
    drag: (rule, dragged, bins, options) =>
      queue.run("drag", async () => {
        const field = fieldOf(dragged, options.fields);
        return new DragCounts(bins, columnsOf(await ask(dragQuery(rule, dragged, field, bins, options))));
      })
  };
}

/** Sums the rows of a summary's query. */
export function summaryOf(table: Table): Summary {
  const summary: Summary = {profiles: 0, value: 0, categories: new Map(), deciles: new Map()};
  const {category, decile, profiles, value} = vectors(table, ["category", "decile", "profiles", "value"]);
  for (let i = 0; i < table.numRows; ++i) {
    const part = {profiles: Number(profiles![i]), value: Number(value![i] ?? 0)};
    add(summary, part);
    addTo(summary.categories, (category![i] as string | null) ?? "(none)", part);
    addTo(summary.deciles, decile![i] as number | null, part);
  }
  return summary;
}

async function segments(): Promise<BrowserDatabase> {
  const database = await openDatabase();
  await database.attach("segments");
  return database;
}

function addTo<K>(parts: Map<K, Part>, key: K, part: Part) {
  const sum = parts.get(key) ?? {profiles: 0, value: 0};
  add(sum, part);
  parts.set(key, sum);
}

function add(sum: Part, {profiles, value}: Part) {
  sum.profiles += profiles;
  sum.value += value;
}

function vectors<T extends string>(table: Table, names: T[]): Record<T, ArrayLike<unknown>> {
  return Object.fromEntries(names.map((name) => [name, [...table.getChild(name)!]])) as unknown as Record<
    T,
    ArrayLike<unknown>
  >;
}

function columnsOf(table: Table): DragColumns {
  return vectors(table, ["bin", "category", "decile", "t", "tv", "f", "fv"]) as unknown as DragColumns;
}

function plainRows(table: Table): Record<string, unknown>[] {
  return table.toArray().map((row) => {
    const object = (row as {toJSON(): Record<string, unknown>}).toJSON();
    for (const [name, value] of Object.entries(object)) if (typeof value === "bigint") object[name] = Number(value);
    return object;
  });
}
