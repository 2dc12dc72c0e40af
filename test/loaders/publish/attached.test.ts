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
  test("writes a file, and reads it again", async () => {
    await attached(database, file("one"), (catalog) =>
      database.run(`create table ${catalog}.main.t as select * from range(1000)`)
    );
    const read = (catalog: string) => database.value(`select count(*) from ${catalog}.main.t`);
    expect(await attached(database, file("one"), read, {readOnly: true})).toBe(1000);
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
