import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {attached} from "../../../loaders/publish/attached.js";
import {writeSegments} from "../../../loaders/publish/segmentsDatabase.js";

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenfold-segments-"));
  database = await openDatabase(":memory:", {threads: "4"});
  // More rows than one thread takes.
  await database.run(
    "create table people as select lpad(i::varchar, 13, '0') as id, (hash(i) % 90)::integer as age from range(400000) as rows (i)"
  );
});
afterEach(() => {
  database.close();
  rmSync(folder, {recursive: true, force: true});
});

test.each([
  ["all profiles", "false"],
  ["profiles of a table that lost some", "age % 3 = 0 or id < '0000000150000'"]
])("writeSegments(…) numbers %s densely, in the order of the table", async (_, lost) => {
  await database.run(`delete from people where ${lost}`);
  const path = join(folder, "segments.duckdb");
  const {rows} = await writeSegments(database, path, {profiles}, {maxBytes: 64e6});
  expect(rows).toBe(Number(await database.value("select count(*) from people")));
  await attached(database, path, async (catalog) => {
    const wrong = await database.value<number>(
      `select count(*) filter (row <> place)::integer
       from (select row, row_number() over (order by id) - 1 as place from ${catalog}.segments.profiles)`
    );
    expect(wrong).toBe(0);
  });
});

const profiles = {
  from: "people",
  as: "segments.profiles",
  file: "people.ts",
  columns: [
    {name: "id", type: "VARCHAR"},
    {name: "age", type: "INTEGER"}
  ],
  key: ["id"],
  mayBeSampled: true
};
