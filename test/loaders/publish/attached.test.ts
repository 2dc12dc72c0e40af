import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {attached} from "../../../loaders/publish/attached.js";

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenfold-attached-"));
  database = await openDatabase(":memory:");
});
afterEach(() => {
  database.close();
  rmSync(folder, {recursive: true});
});

const file = (name: string) => join(folder, `${name}.duckdb`);

describe("attached(database, path, work)", () => {
  test("writes two files at a time, and reads them again", async () => {
    const other = await database.connect();
    const write = (connection: Database, name: string, rows: number) =>
      attached(connection, file(name), (catalog) =>
        connection.run(`create table ${catalog}.main.t as select * from range(${rows})`)
      );
    await Promise.all([write(database, "one", 1000), write(other, "two", 2000)]);
    other.close();
    const count = (name: string) =>
      attached(database, file(name), (catalog) => database.value(`select count(*) from ${catalog}.main.t`), {
        readOnly: true
      });
    expect([await count("one"), await count("two")]).toEqual([1000, 2000]);
  });

  test("waits for who has just listed the tables of all catalogs", async () => {
    const reader = await database.connect();
    let committed: Promise<void> | undefined;
    const watched: Database = {
      ...database,
      run(sql, parameters) {
        const running = database.run(sql, parameters);
        if (sql.includes("checkpoint")) committed = reader.run("commit");
        return running;
      }
    };
    await attached(watched, file("one"), async (catalog) => {
      await database.run(`create table ${catalog}.main.t as select * from range(1000); checkpoint ${catalog}`);
      await reader.run("begin transaction");
      await reader.rows("select table_name from duckdb_tables()");
      await database.run(`create table ${catalog}.main.u as select * from range(1000)`);
    });
    await committed;
    reader.close();
  });

  test("lets go of the file where the work fails", async () => {
    await expect(attached(database, file("one"), () => Promise.reject(new Error("no room")))).rejects.toThrow(
      "no room"
    );
    expect(await database.value("select count(*) from duckdb_databases() where database_name = 'published_one'")).toBe(
      0
    );
  });
});
