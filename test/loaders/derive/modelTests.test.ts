import {describe, expect, test} from "vitest";
import {modelHeader} from "../../../lib/definitions/model.js";
import {tableTests} from "../../../loaders/derive/modelTests.js";
import {columnTypes} from "../../../loaders/engine/columns.js";
import {openDatabase} from "../../../loaders/engine/database.js";

/** Whether a key surely is unique by the quick test, and the rows that break it by the exact one. */
async function uniqueness(rows: string, key = ["id", "word"]) {
  const database = await openDatabase(":memory:");
  await database.run(`create table made as ${rows}`);
  const header = modelHeader.parse({name: "derived.made", description: "A test", grain: "one row", key});
  const {name, sql, holds} = tableTests(header, "made", await columnTypes(database, "made")).at(-1)!;
  expect(name).toBe(`unique (${key.join(", ")})`);
  const found = {
    byPlaces: holds!.includes("bit_or"),
    holds: (await database.row<{holds: boolean}>(`select count(*), ${holds} as holds from made`))!.holds,
    broken: (await database.rows(sql)).length
  };
  database.close();
  return found;
}

/** Every id with every word of an enumeration. */
function everyWord(words: number): string {
  const list = Array.from({length: words}, (_, i) => `'${i}'`).join(", ");
  return `select id, word::varchar::enum(${list}) as word from range(50) as ids (id), range(${words}) as words (word)`;
}

describe("tableTests() looks whether a key is unique", () => {
  for (const [words, byPlaces] of [
    [2, true],
    [64, true],
    [65, true],
    [127, true],
    [128, false]
  ] as const) {
    const rows = everyWord(words);

    test(`with ${words} words beside an id, ${byPlaces ? "by their places" : "by hashes"}`, async () => {
      expect(await uniqueness(rows)).toEqual({byPlaces, holds: true, broken: 0});
      const twice = `from (${rows}) union all (from (${rows}) where id between 20 and 31 and word = '${words - 1}')`;
      expect(await uniqueness(twice)).toEqual({byPlaces, holds: false, broken: 12});
    });
  }

  test("with several enumerations, whose combinations have places", async () => {
    const rows = `select id, word, other::enum('1', '0') as other
      from (${everyWord(2)}) cross join (select unnest(['0', '1']) as other)`;
    const key = ["word", "id", "other"];
    expect(await uniqueness(rows, key)).toEqual({byPlaces: true, holds: true, broken: 0});
    const twice = `from (${rows}) union all (from (${rows}) where id < 12 and word::varchar <> other::varchar)`;
    expect(await uniqueness(twice, key)).toEqual({byPlaces: true, holds: false, broken: 24});
  });

  test("where words are missing: two rows without one are equal", async () => {
    const rows = "select id, null::enum('a', 'b') as word from range(50) as ids (id)";
    expect((await uniqueness(rows)).broken).toBe(0);
    expect(await uniqueness(`${rows} union all select 7, null`)).toEqual({byPlaces: true, holds: false, broken: 1});
    const noIds = "select null::integer as id, unnest(['a', 'b'])::enum('a', 'b') as word";
    expect(await uniqueness(noIds)).toEqual({byPlaces: true, holds: true, broken: 0});
    expect(await uniqueness(`${noIds} union all select null, 'a'`)).toMatchObject({holds: false, broken: 1});
  });

  test("of enumerations alone, of texts alone, and of no rows", async () => {
    expect(await uniqueness(everyWord(2), ["word"])).toEqual({byPlaces: false, holds: false, broken: 2});
    expect(await uniqueness("select unnest(['a', 'b']) as id", ["id"])).toMatchObject({byPlaces: false, holds: true});
    expect(await uniqueness(`${everyWord(2)} limit 0`)).toEqual({byPlaces: true, holds: true, broken: 0});
  });
});
