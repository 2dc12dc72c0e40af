import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {mergeRowGroups, spareRowGroups} from "../../../loaders/engine/rowGroups.js";

let folder: string;
let database: Database;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenfold-groups-"));
  database = await openDatabase(join(folder, "test.duckdb"));
  await database.run("create table events (id integer)");
});

afterAll(() => {
  database.close();
  rmSync(folder, {recursive: true, force: true});
});

async function append(): Promise<number> {
  await database.run("insert into events from range(5000); checkpoint");
  return (await database.value<number>("select count(distinct row_group_id) from pragma_storage_info('events')"))!;
}

test("spareRowGroups(database, batchId) leaves small row groups alone until the eighth batch merges them", async () => {
  const groups: number[] = [];
  for (let batch = 1; batch <= 9; ++batch) {
    await spareRowGroups(database, batch);
    groups.push(await append());
  }
  expect(groups.slice(0, 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(groups[7]).toBeLessThan(4);
  expect(groups[8]).toBe(groups[7]! + 1);
});

test("mergeRowGroups(database) lets the engine merge again", async () => {
  const before = await append();
  await mergeRowGroups(database);
  expect(await append()).toBeLessThan(before);
});
