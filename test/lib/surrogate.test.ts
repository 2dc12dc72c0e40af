import {expect, test} from "vitest";
import {formatId, formatIdSql, parseId} from "../../lib/surrogate.js";
import {openDatabase} from "../../loaders/engine/database.js";

test("an id reads the same in JavaScript and in SQL, and back", async () => {
  const ids = Array.from({length: 64}, (_, bit) => [1n << BigInt(bit), (1n << BigInt(bit)) - 1n]).flat();
  ids.push(2n ** 64n - 1n, 0x123456789abcdefn, 0xfedcba9876543210n);
  const database = await openDatabase(":memory:");
  const rows = await database.rows<{text: string}>(
    `select ${formatIdSql("id")} as text from (values ${ids.map((id, i) => `(${id}::ubigint, ${i})`).join(", ")}) as t(id, i)
     order by i`
  );
  database.close();
  expect(rows.map(({text}) => text)).toEqual(ids.map(formatId));
  expect(ids.map((id) => parseId(formatId(id)))).toEqual(ids);
});
