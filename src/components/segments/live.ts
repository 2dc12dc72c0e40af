import type {Table} from "apache-arrow";
import type {Compiled} from "../../lib/rules/compile.js";
import {countsQuery, examplesQuery, funnelQuery, summaryQuery, type CountOptions} from "../../lib/rules/count.js";
import {DragCounts, dragQuery, type Bins, type Summary} from "../../lib/rules/drag.js";
import {fieldOf} from "../../lib/rules/field.js";
import type {Condition, Rule} from "../../lib/rules/rule.js";
import {openDatabase, type BrowserDatabase} from "../database.js";
import {Planner} from "./planned.js";
import {LatestQueue} from "./queue.js";
import {columnsOf, summaryOf} from "./summary.js";

/** Counts rules in the reader's browser; the newest question wins, and those that matter most go first. */
export interface LiveCounts {
  /** Undefined where a newer question overtook it, here and below. */
  summary(rule: Rule, options: CountOptions): Promise<Summary | undefined>;
  /** How many each node holds on its own (`n0`, …) and what is left after each step (`left0`, …). */
  funnel(rule: Rule, options: CountOptions): Promise<Record<string, number> | undefined>;
  /** How many each of several rules holds for. */
  counts(rules: readonly Rule[], options: CountOptions): Promise<number[] | undefined>;
  examples(rule: Rule, options: CountOptions): Promise<Record<string, unknown>[] | undefined>;
  drag(rule: Rule, dragged: Condition, bins: Bins, options: CountOptions): Promise<DragCounts | undefined>;
}

/** Opens the database of profiles when the first question comes. */
export function liveCounts(): LiveCounts {
  const queue = new LatestQueue(["drag", "summary", "funnel", "examples", "counts"]);
  const ask = async ({sql, parameters}: Compiled): Promise<Table> => (await segments()).query(sql, parameters);
  const planner = new Planner(ask);
  return {
    summary: (rule, options) =>
      queue.run("summary", async () =>
        summaryOf(await ask(summaryQuery(rule, await planner.options([rule], options))))
      ),
    funnel: (rule, options) =>
      queue.run("funnel", async () => {
        const planned = await planner.options([rule], options);
        return plainRows(await ask(funnelQuery(rule, planned)))[0] as Record<string, number>;
      }),
    counts: (rules, options) =>
      queue.run("counts", async () => {
        const planned = await planner.options(rules, options);
        const row = plainRows(await ask(countsQuery(rules, planned)))[0] as Record<string, number>;
        return rules.map((_, i) => row[`n${i}`]!);
      }),
    examples: (rule, options) =>
      queue.run("examples", async () =>
        plainRows(await ask(examplesQuery(rule, await planner.options([rule], options))))
      ),
    drag: (rule, dragged, bins, options) =>
      queue.run("drag", async () => {
        const field = fieldOf(dragged, options.fields);
        const planned = await planner.options([rule], options);
        return new DragCounts(bins, columnsOf(await ask(dragQuery(rule, dragged, field, bins, planned))));
      })
  };
}

async function segments(): Promise<BrowserDatabase> {
  const database = await openDatabase();
  await database.attach("segments");
  return database;
}

function plainRows(table: Table): Record<string, unknown>[] {
  return table.toArray().map((row) => {
    const object = (row as {toJSON(): Record<string, unknown>}).toJSON();
    for (const [name, value] of Object.entries(object)) if (typeof value === "bigint") object[name] = Number(value);
    return object;
  });
}
