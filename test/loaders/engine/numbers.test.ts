import {afterEach, beforeEach, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {appendNumbers, readNumbers} from "../../../loaders/engine/numbers.js";

let database: Database;
beforeEach(async () => {
  database = await openDatabase(":memory:");
});
afterEach(() => database.close());

const target = {catalog: "temp", table: "written"};

test("numbers come back as they were written, over more than one of the engine's vectors", async () => {
  await database.run("create temp table written (n integer, x double)");
  const length = 5000;
  const x = Float64Array.from({length}, (_, i) => Math.sqrt(i));
  await appendNumbers(database, target, [
    {type: "integer", values: Int32Array.from({length}, (_, i) => i - 7)},
    {type: "double", values: x}
  ]);
  const [n, read] = await readNumbers(database, "select n, x from written");
  expect(Array.from(n!)).toEqual(Array.from({length}, (_, i) => i - 7));
  expect(read).toEqual(x);
});

test("null is written as null, and read as 0; what is no number is told from it", async () => {
  await database.run("create temp table written (x double)");
  await appendNumbers(database, target, [{type: "double", values: [1.5, null, NaN]}]);
  expect(await database.rows("select x is null as is_null from written")).toEqual([
    {is_null: false},
    {is_null: true},
    {is_null: false}
  ]);
  expect(await readNumbers(database, "select x from written")).toEqual([Float64Array.of(1.5, 0, NaN)]);
});

test("without a row there are columns, but no numbers", async () => {
  await database.run("create temp table written (x double, y double)");
  await appendNumbers(database, target, [
    {type: "double", values: []},
    {type: "double", values: []}
  ]);
  expect(await readNumbers(database, "from written")).toEqual([new Float64Array(), new Float64Array()]);
});
