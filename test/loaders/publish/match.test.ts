import {afterAll, beforeAll, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {columnsOf} from "../../../loaders/engine/columns.js";
import {findPersonalText} from "../../../loaders/publish/match.js";

let database: Database;
beforeAll(async () => {
  database = await openDatabase(":memory:");
  await database.run(`
    create temp table personal_values as from (values ('ada@shop.example'), ('ada king lovelace')) as known(value);
    create table clean as select 'nobody at all' as note, 7 as amount;
    create table orders as
    from (values
      ('asked by Ada@Shop.example', 'ADA KING LOVELACE, twice', 'free of it'), ('<ada@shop.example>', '', 'still free')
    ) as rows(note, "the name", free);
    create table packed as
    select {'who': 'ada@shop.example'} as packed, ['Ada King Lovelace'] as listed, map {'ada@shop.example': 1} as counted,
      'ada@shop.example'::enum ('ada@shop.example', 'other') as word`);
});
afterAll(() => database.close());

test("findPersonalText(database, tables) tells each table's columns apart, and how many texts each holds", async () => {
  expect(await find("orders", "clean", "packed")).toEqual([
    [
      {column: "note", rows: 1},
      {column: "the name", rows: 1}
    ],
    [],
    ["packed", "listed", "counted", "word"].map((column) => ({column, rows: 1}))
  ]);
});

test("findPersonalText(database, tables) finds nothing where there are no texts", async () => {
  expect(await find()).toEqual([]);
  expect(await find("(select amount from clean)")).toEqual([[]]);
});

async function find(...tables: string[]) {
  return await findPersonalText(
    database,
    await Promise.all(tables.map(async (from) => ({from, columns: await columnsOf(database, `from ${from}`)})))
  );
}
