import {AsyncDuckDB, VoidLogger} from "@duckdb/duckdb-wasm";
import type {Table} from "apache-arrow";
import {unitFormat} from "../../src/components/format.js";
import {Profiles} from "../../src/components/segments/profiles.js";
import {Results} from "../../src/components/segments/Results.js";
import type {Compiled} from "../../src/lib/rules/compile.js";
import type {CountOptions} from "../../src/lib/rules/count.js";
import type {Bins} from "../../src/lib/rules/drag.js";
import {catalogue, type Field} from "../../src/lib/rules/field.js";
import {gridValue} from "../../src/lib/rules/grid.js";
import {childrenOf, type Rule} from "../../src/lib/rules/rule.js";
import type {Condition} from "../../src/lib/rules/subject.js";
import {mosaicDrag} from "./mosaic.js";

const lookback = "12 months";
const fields: Field[] = [
  {kind: "attribute", name: "tier", column: "tier", label: "Tier", type: "string"},
  {kind: "attribute", name: "country", column: "country", label: "Country", type: "string"},
  {kind: "metric", name: "spend", lookback, column: "spend__12_months", label: "Spend", type: "number", unit: "money"},
  {
    kind: "decile",
    name: "spend",
    lookback,
    column: "spend__12_months__decile",
    label: "Spend",
    type: "integer",
    buckets: 10
  },
  {kind: "metric", name: "orders", lookback, column: "orders__12_months", label: "Orders", type: "number"}
];
const options: CountOptions = {
  fields: catalogue(fields),
  asOf: new Date("2026-01-01T00:00:00Z"),
  timeZone: "UTC",
  table: "segments.segments.profiles",
  measure: {metric: "spend", lookback}
};
const grid = {grid: {start: 0, step: 2, scale: 1, steps: 200}};
const countries = ["FR", "GB", "IT", "ES", "PT", "SE", "NO"];
const tiers: Bins = {values: ["Star", "Nova", "Aurora"]};

Object.assign(window, {
  async bench(updates: number): Promise<Record<string, number[]>> {
    const {engine, connection} = await open();
    const run = async ({sql, parameters}: Compiled): Promise<Table> => {
      if (parameters.length === 0) return (await connection.query(sql)) as unknown as Table;
      const statement = await connection.prepare(sql);
      const table = (await statement.query(...parameters)) as unknown as Table;
      await statement.close();
      return table;
    };
    const results = Results({hasCategories: true, measure: document.createElement("span")});
    document.body.append(results.element);
    const samples: Record<string, number[]> = {};
    const time = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
      const start = performance.now();
      const result = await work();
      (samples[name] ??= []).push(performance.now() - start);
      return result;
    };
    const ready = async () => {
      const profiles = new Profiles(run);
      await profiles.columns(options);
      return profiles;
    };
    const plain = (value: number) =>
      connection.query(`select count(*) as n, sum(spend__12_months) as v from segments.segments.profiles
        where tier in ('Star', 'Nova') and country <> 'DE' and orders__12_months >= ${value}`);
    const choices = [["Star"], ["Star", "Nova"], ["Nova", "Aurora"], ["Star", "Nova", "Aurora"]];
    const chosen = (i: number): Condition => ({attribute: "tier", in: choices[i % choices.length]!});
    const values = Array.from({length: updates}, (_, i) => gridValue(grid.grid, 20 + ((i * 37) % 170)));
    const mosaic = await mosaicDrag(engine, connection, {table: "profiles", range: [0, 400]});

    const base = await (await ready()).summary({all: []}, options);
    results.setBase(base, {unit: unitFormat("money", "EUR"), buckets: 10});
    await plain(1);
    const drag = async (profiles: Profiles, rule: Rule, over: Bins) => {
      const dragged = conditionOf(rule);
      const summary = (await profiles.drag(rule, dragged, over, options)).summary(dragged)!;
      results.show(summary);
      return summary;
    };
    for (let round = 0; round < 7; ++round) {
      const rule = ruleOf(atLeast(values[round]!));
      const choosing = choosingRule(chosen(round));
      const others = {all: [{attribute: "country", is_not: countries[round]!}, atLeast(values[round]!)]};
      const cold = await time("columns", ready);
      const profiles = await ready();
      // As the page does when a rule is opened.
      for (const opened of [rule, choosing]) {
        await profiles.summary(opened, options);
        await profiles.prepare(opened, options);
      }
      const counted = (await time("plain", () => plain(values[round]!))).get(0)!.toJSON() as {n: number};
      const answered = await time("first", () => drag(profiles, rule, grid));
      const told = await time("mosaicFirst", () => mosaic.grab(values[round]!));
      await time("firstChoice", () => drag(profiles, choosing, tiers));
      await time("cold", () => drag(cold, rule, grid));
      await time("change", async () => results.show(await profiles.summary(others, options)));
      if (Number(counted.n) !== answered.profiles || told.count !== answered.profiles) {
        throw new Error(`${answered.profiles} counted, ${counted.n} by a query, ${told.count} by Mosaic`);
      }
    }
    const profiles = await ready();
    const rule = ruleOf(atLeast(values[0]!));
    const draggable = await profiles.drag(rule, conditionOf(rule), grid, options);
    const choice = choosingRule(chosen(0));
    const choosable = await profiles.drag(choice, conditionOf(choice), tiers, options);
    for (const [i, value] of values.entries()) {
      await time("plainEach", () => plain(value));
      for (const [name, show] of [
        ["drag", () => results.show(draggable.summary(atLeast(value))!)],
        ["choice", () => results.show(choosable.summary(chosen(i))!)]
      ] as const) {
        // Ten at a time: the clock of a page ticks in tenths of a millisecond.
        const start = performance.now();
        for (let repeat = 0; repeat < 10; ++repeat) show();
        (samples[name] ??= []).push((performance.now() - start) / 10);
      }
      await time("mosaicDrag", () => mosaic.drag(value));
    }
    return samples;
  }
});

function atLeast(value: number): Condition {
  return {metric: "orders", lookback, at_least: value};
}

/** The dragged condition of a rule: its last. */
function conditionOf(rule: Rule): Condition {
  return childrenOf(rule).at(-1) as Condition;
}

function ruleOf(dragged: Condition): Rule {
  return {all: [{attribute: "tier", in: ["Star", "Nova"]}, {attribute: "country", is_not: "DE"}, dragged]};
}

function choosingRule(dragged: Condition): Rule {
  return {all: [atLeast(100), {attribute: "country", is_not: "DE"}, dragged]};
}

async function open() {
  const engine = new AsyncDuckDB(new VoidLogger(), new Worker("/duckdb-browser-eh.worker.js"));
  await engine.instantiate(new URL("/duckdb-eh.wasm", location.href).href);
  await engine.open({query: {castBigIntToDouble: true, castDecimalToDouble: true}});
  const bytes = await (await fetch("/segments.duckdb")).arrayBuffer();
  await engine.registerFileBuffer("segments.duckdb", new Uint8Array(bytes));
  const connection = await engine.connect();
  await connection.query("attach 'segments.duckdb' as segments (read_only)");
  await connection.query("create view profiles as from segments.segments.profiles");
  return {engine, connection};
}
