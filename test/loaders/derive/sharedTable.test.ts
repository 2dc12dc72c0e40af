import {afterEach, beforeEach, expect, test} from "vitest";
import {dropShared, shareTable} from "../../../loaders/derive/sharedTable.js";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";

let database: Database;
beforeEach(async () => {
  database = await openDatabase(":memory:");
  await database.run("create sequence made");
});
afterEach(() => database.close());

const share = (sql: string) => shareTable(database, "shared", sql);
const made = () => database.value<number>("select made from shared");

test("a table is made once for a query, and again for another", async () => {
  await share("select nextval('made') as made");
  await share("select nextval('made') as made");
  expect(await made()).toBe(1);
  await share("select nextval('made') as made, 'other' as what");
  expect(await made()).toBe(2);
});

test("a table whose transaction failed is made again", async () => {
  await expect(
    database.transaction(async () => {
      await share("select nextval('made') as made");
      throw new Error("a test failed");
    })
  ).rejects.toThrow("a test failed");
  await share("select nextval('made') as made");
  expect(await database.value("select count(*) from shared")).toBe(1);
});

test("a table in a catalog is found by every connection, a temporary one by its own", async () => {
  await database.run("attach ':memory:' as elsewhere");
  const other = await database.connect();
  const shareThere = (on: Database, catalog?: string) => shareTable(on, "shared", "select 1 as one", catalog);
  expect(await shareThere(database)).toBe('temp.main."shared"');
  expect(await shareThere(other, "elsewhere")).toBe('elsewhere.main."shared"');
  await dropShared(database);
  expect(await shareThere(database)).toBe('elsewhere.main."shared"');
  other.close();
});

test("shared tables are dropped together, others stay", async () => {
  await database.run("create temp table own as select 1 as one");
  await share("select 1 as made");
  await dropShared(database);
  expect(await database.rows("select table_name as name from duckdb_tables()")).toEqual([{name: "own"}]);
});
