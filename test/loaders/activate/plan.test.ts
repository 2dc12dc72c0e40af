import {expect, test} from "vitest";
import {destinationDefinition} from "../../../lib/definitions/destination.js";
import {contentHashSql, fieldsSql, givenSql} from "../../../loaders/activate/plan/people.js";
import {openDatabase} from "../../../loaders/engine/database.js";

// `sending_rows` takes its places from this.
test("the row numbers of a table that is made in an order are that order, whatever the threads", async () => {
  const database = await openDatabase(":memory:", {threads: "4"});
  try {
    await database.run("create temp table made as select hash(i) as id, i from range(400_000) as r(i) order by id");
    expect(await database.row("select min(rowid) as least, max(rowid) as most from made")).toEqual({least: 0, most: 399_999}); // prettier-ignore
    const wrong =
      "select count(*) from (select id, lag(id) over (order by rowid) as before from made) where before > id";
    expect(await database.value(wrong)).toBe(0);
    expect(await database.value("select count(*) from made where rowid >= 130_000 and rowid < 131_000")).toBe(1000);
  } finally {
    database.close();
  }
});

test("fields are trimmed and hashed as trim and md5 do it, whatever the text", async () => {
  const definition = destinationDefinition.parse({name: "Out", kind: "folder", path: "out", fields: {email: "email", name: "name"}}); // prettier-ignore
  const database = await openDatabase(":memory:");
  try {
    const texts = ["plain", " before", "after ", "  ", "", "\u00a0no-break\u2003", "Zoë", "\ttab\t", null];
    const rows = await database.rows<Record<string, unknown>>(
      `select ${givenSql(definition, "name")} as given, nullif(trim(said.name), '') as trimmed, fields.email as email,
         nullif(lower(trim(said.email)), '') as address, ${contentHashSql(definition)} as hash,
         md5_number_lower(to_json(struct_pack(name := said.name))::varchar) as same
       from (
         select said, ${fieldsSql(definition)} as fields
         from (select {email: upper(text), name: text} as said from (select unnest(from_json($texts::json, '["varchar"]')) as text))
       )`,
      {texts: JSON.stringify(texts)}
    );
    expect(rows.length).toBe(texts.length);
    for (const {given, trimmed, email, address, hash, same} of rows) expect([given, email, hash]).toEqual([trimmed, address, same]); // prettier-ignore
    expect(rows.map(({given}) => given)).toContain("before");
  } finally {
    database.close();
  }
});
