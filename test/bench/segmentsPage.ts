import {AsyncDuckDB, VoidLogger} from "@duckdb/duckdb-wasm";
import type {Table} from "apache-arrow";
import {summaryQuery, type CountOptions} from "../../lib/rules/count.js";
import type {Compiled} from "../../lib/rules/compile.js";
import {DragCounts, dragQuery} from "../../lib/rules/drag.js";
import {catalogue, fieldOf, type Field} from "../../lib/rules/field.js";
import {gridValue} from "../../lib/rules/grid.js";
import type {Condition, Rule} from "../../lib/rules/rule.js";
import {unitFormat} from "../../src/components/format.js";
import {columnsOf, summaryOf} from "../../src/components/segments/summary.js";
import {Results} from "../../src/components/segments/Results.js";

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
const grid = {start: 0, step: 2, scale: 1, steps: 200};

Object.assign(window, {
  async bench(updates: number): Promise<Record<string, number[]>> {
    const connection = await open();
    const run = async ({sql, parameters}: Compiled): Promise<Table> => {
      const statement = await connection.prepare(sql);
      const table = (await statement.query(...parameters)) as unknown as Table;
      await statement.close();
      return table;
    };
    const results = Results({hasCategories: true, measure: document.createElement("span")});
    document.body.append(results.element);
    const base = summaryOf(await run(summaryQuery({all: []}, options)));
    results.setBase(base, {unit: unitFormat("money", "EUR"), buckets: 10});
    const values = Array.from({length: updates}, (_, i) => gridValue(grid, 20 + ((i * 37) % 170)));
    const raw = (value: number) =>
      connection.query(`select count(*), sum(spend__12_months) from segments.segments.profiles
        where tier in ('Star', 'Nova') and country <> 'DE' and orders__12_months >= ${value}`);
    await raw(1);

    const samples: Record<string, number[]> = {raw: [], drag: [], first: [], query: []};
    const time = async (name: string, work: () => unknown) => {
      const start = performance.now();
      await work();
      samples[name]!.push(performance.now() - start);
    };
    const grab = async () => {
      const dragged = at(1);
      const bins = {grid};
      const query = dragQuery(ruleOf(dragged), dragged, fieldOf(dragged, options.fields), bins, options);
      return new DragCounts(bins, columnsOf(await run(query)));
    };
    const counts = await grab();
    for (const value of values) {
      await time("raw", () => raw(value));
      const start = performance.now();
      for (let repeat = 0; repeat < 10; ++repeat) results.show(counts.summary(at(value))!);
      samples.drag!.push((performance.now() - start) / 10);
    }
    for (let i = 0; i < Math.min(20, updates); ++i) {
      await time("first", async () => results.show((await grab()).summary(at(values[i]!))!));
      await time("query", async () =>
        results.show(summaryOf(await run(summaryQuery(ruleOf(at(values[i]!)), options))))
      );
    }
    return samples;
  }
});

function at(value: number): Condition {
  return {metric: "orders", lookback, at_least: value};
}

function ruleOf(dragged: Condition): Rule {
  return {all: [{attribute: "tier", in: ["Star", "Nova"]}, {attribute: "country", is_not: "DE"}, dragged]};
}

async function open() {
  const engine = new AsyncDuckDB(new VoidLogger(), new Worker("/duckdb-browser-eh.worker.js"));
  await engine.instantiate(new URL("/duckdb-eh.wasm", location.href).href);
  await engine.open({query: {castBigIntToDouble: true, castDecimalToDouble: true}});
  const bytes = await (await fetch("/segments.duckdb")).arrayBuffer();
  await engine.registerFileBuffer("segments.duckdb", new Uint8Array(bytes));
  const connection = await engine.connect();
  await connection.query("attach 'segments.duckdb' as segments (read_only)");
  return connection;
}
