import {afterAll, beforeAll, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {withDenseGroups} from "../../../loaders/engine/denseGroups.js";

let database: Database;

beforeAll(async () => {
  database = await openDatabase(":memory:", {threads: "2"});
});
afterAll(() => database.close());

/** How the engine groups by numbers up to the greatest. */
async function plan(greatest: number): Promise<string> {
  const rows = await database.rows("explain select n, count(*) from numbers where n <= 1e9 group by n");
  expect(await database.value("select max(n) from numbers")).toBe(greatest);
  return /PERFECT_HASH_GROUP_BY|HASH_GROUP_BY/.exec(JSON.stringify(rows))![0];
}

test.each([4094, 4095, 65533, 65534, 1_000_000])(
  "withDenseGroups(database, {greatest: %i}, work) finds groups by their place, within it only",
  async (greatest) => {
    await database.run(`create or replace table numbers as select range::uinteger as n from range(${greatest} + 1)`);
    expect(await plan(greatest)).toBe("HASH_GROUP_BY");
    expect(await withDenseGroups(database, {greatest, aggregates: 1}, () => plan(greatest))).toBe(
      "PERFECT_HASH_GROUP_BY"
    );
    await expect(
      withDenseGroups(database, {greatest, aggregates: 1}, () => database.run("select * from nowhere"))
    ).rejects.toThrow("nowhere");
    expect(await plan(greatest)).toBe("HASH_GROUP_BY");
  }
);

test("withDenseGroups(database, {aggregates}, work) hashes where the arrays would be too large, or there are no numbers", async () => {
  await database.run("create or replace table numbers as select range::uinteger as n from range(1_000_001)");
  const greatest = 1_000_000;
  expect(await withDenseGroups(database, {greatest, aggregates: 24}, () => plan(greatest))).toBe("HASH_GROUP_BY");
  expect(await withDenseGroups(database, {greatest: undefined, aggregates: 1}, () => plan(greatest))).toBe(
    "HASH_GROUP_BY"
  );
});
