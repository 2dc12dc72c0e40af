import type {Table} from "apache-arrow";
import type {Compiled} from "../../lib/rules/compile.js";
import type {CountOptions} from "../../lib/rules/count.js";
import type {Bins, DragCounts} from "../../lib/rules/drag.js";
import {partsAlone, stepsOf} from "../../lib/rules/funnel.js";
import type {Rule} from "../../lib/rules/rule.js";
import type {Condition} from "../../lib/rules/subject.js";
import type {Summary} from "../../lib/rules/tally.js";
import {openDatabase, type BrowserDatabase} from "../database.js";
import {eventTable} from "./planned.js";
import {Profiles} from "./profiles.js";
import {LatestQueue} from "./queue.js";

/** Counts rules in the reader's browser; the newest question wins, and those that matter most go first. */
export interface LiveCounts {
  /** Undefined where a newer question overtook it, here and below. */
  summary(rule: Rule, options: CountOptions): Promise<Summary | undefined>;
  /**
   * How many each node holds on its own (`n0`, …) and what is left after each step (`left0`, …), as far as they are
   * made of what can be counted.
   */
  funnel(
    rule: Rule,
    options: CountOptions,
    isCountable: (node: Rule) => boolean
  ): Promise<Record<string, number> | undefined>;
  /** How many each of several rules holds for. */
  counts(rules: readonly Rule[], options: CountOptions): Promise<number[] | undefined>;
  /** Some members, each with which of the rule's alternatives hold for it, `holds`. */
  examples(rule: Rule, options: CountOptions): Promise<Record<string, unknown>[] | undefined>;
  /** Reads what sliders of the rule may be dragged over, so that taking hold of one needs no query. */
  prepare(rule: Rule, options: CountOptions): Promise<void>;
  drag(rule: Rule, dragged: Condition, bins: Bins, options: CountOptions): Promise<DragCounts | undefined>;
}

/** Opens the database of profiles when the first question comes. */
export function liveCounts(): LiveCounts {
  const queue = new LatestQueue(["drag", "summary", "prepare", "funnel", "examples", "counts"]);
  const ask = async ({sql, parameters}: Compiled): Promise<Table> => (await segments()).query(sql, parameters);
  const profiles = new Profiles(ask, {events: eventTable});
  return {
    summary: (rule, options) => queue.run("summary", () => profiles.summary(rule, options)),
    funnel: (rule, options, isCountable) => queue.run("funnel", () => funnel(profiles, rule, options, isCountable)),
    counts: (rules, options) => queue.run("counts", () => profiles.counts(rules, options)),
    examples: (rule, options) =>
      queue.run("examples", async () => {
        const {table, holds} = await profiles.examples(rule, options);
        return plainRows(table).map((row, i) => ({...row, holds: holds[i]}));
      }),
    prepare: async (rule, options) => void (await queue.run("prepare", () => profiles.prepare(rule, options))),
    drag: (rule, dragged, bins, options) => queue.run("drag", () => profiles.drag(rule, dragged, bins, options))
  };
}

async function funnel(
  profiles: Profiles,
  rule: Rule,
  options: CountOptions,
  isCountable: (node: Rule) => boolean
): Promise<Record<string, number>> {
  const steps = stepsOf(rule);
  const end = steps.findIndex((step) => !isCountable(step));
  const left = (end < 0 ? steps : steps.slice(0, end)).map((_, i) => ({name: `left${i}`, rule: {all: steps.slice(0, i + 1)}})); // prettier-ignore
  const parts = [...partsAlone(rule).filter((part) => isCountable(part.rule)), ...left];
  const counts = await profiles.counts(parts.map((part) => part.rule), options); // prettier-ignore
  return Object.fromEntries(parts.map(({name}, i) => [name, counts[i]!]));
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
