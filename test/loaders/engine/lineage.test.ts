import {init, lineageAtWithSchema} from "@polyglot-sql/sdk";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {columnLineage, tablesRead, type TableShape} from "../../../loaders/engine/lineage.js";

const tables: TableShape[] = [
  {
    table: "core.events",
    columns: [
      {name: "profile_id", type: "UBIGINT"},
      {name: "value", type: "DECIMAL(18,4)"},
      {name: "event_date", type: "DATE"},
      {name: "properties", type: "STRUCT(email VARCHAR, tier VARCHAR)"}
    ]
  },
  {
    table: "core.identities",
    columns: [
      {name: "identity_id", type: "UBIGINT"},
      {name: "value", type: "VARCHAR"},
      {name: "profile_id", type: "UBIGINT"}
    ]
  },
  {
    table: "core.profiles",
    columns: [
      {name: "profile_id", type: "UBIGINT"},
      {name: "email", type: "VARCHAR"},
      {name: "tier", type: "VARCHAR"}
    ]
  }
];
const shapes = new Map(tables.map((shape) => [shape.table, shape]));
let database: Database;

beforeAll(async () => {
  database = await openDatabase(":memory:");
  await database.run("create schema core");
  for (const {table, columns} of tables) {
    await database.run(`create table ${table} (${columns.map(({name, type}) => `${name} ${type}`).join(", ")})`);
  }
});

afterAll(() => database.close());

/** Each output column with what it derives from, or null where that cannot be told. */
async function lineage(sql: string) {
  const outputs = (await database.rows<{column_name: string}>(`describe ${sql}`)).map((row) => row.column_name);
  const found = await columnLineage(database, sql, shapes, outputs);
  return Object.fromEntries(outputs.map((name, i) => [name, found[i] ? [...found[i]].sort() : null]));
}

describe("columnLineage(database, sql, shapes, outputs)", () => {
  it("follows columns through aliases, expressions and common tables", async () => {
    expect(
      await lineage(`
        with people as (select p.profile_id as id, upper(p.email) || p.tier as label from core.profiles as p),
        labelled(who, what) as (from people)
        select who, what, 1 as one from labelled`)
    ).toEqual({who: ["core.profiles.profile_id"], what: ["core.profiles.email", "core.profiles.tier"], one: []});
  });

  it("expands a star without the columns that exclude leaves out, and with what replace puts in", async () => {
    expect(await lineage("select * exclude (email) from core.profiles")).toEqual({
      profile_id: ["core.profiles.profile_id"],
      tier: ["core.profiles.tier"]
    });
    expect(await lineage("select * replace (email as tier) from core.profiles")).toMatchObject({
      tier: ["core.profiles.email"]
    });
    expect(await lineage("select * rename (email as contact) from core.profiles")).toMatchObject({
      contact: ["core.profiles.email"]
    });
  });

  it("unites the branches of unions, by place and by name, and the rounds of a recursion", async () => {
    expect(await lineage("select tier as x from core.profiles union all select value from core.identities")).toEqual({
      x: ["core.identities.value", "core.profiles.tier"]
    });
    expect(
      await lineage(
        "select tier, email from core.profiles union all by name select email as tier, tier as email from core.profiles"
      )
    ).toEqual({
      tier: ["core.profiles.email", "core.profiles.tier"],
      email: ["core.profiles.email", "core.profiles.tier"]
    });
    expect(
      await lineage(
        "with recursive r(a, b) as (select tier, email from core.profiles union all select b, a from r) select a from r"
      )
    ).toEqual({a: ["core.profiles.email", "core.profiles.tier"]});
  });

  it("sees into scalar subqueries, correlated ones too, and lateral joins", async () => {
    expect(
      await lineage(
        "select (select max(i.value) from core.identities i where i.profile_id = p.profile_id) as contact from core.profiles p"
      )
    ).toEqual({contact: ["core.identities.value"]});
    expect(await lineage("select z.y from core.profiles p, lateral (select p.email as y) z")).toEqual({
      y: ["core.profiles.email"]
    });
  });

  it("tells a struct's fields apart, by dot, bracket and function, and keeps a struct in doubt whole", async () => {
    expect(await lineage("select e.properties.tier as t from core.events e")).toEqual({
      t: ["core.events.properties.tier"]
    });
    expect(await lineage("select properties['email'] as t from core.events")).toEqual({
      t: ["core.events.properties.email"]
    });
    expect(await lineage("select struct_extract(properties, 'tier') as t from core.events")).toEqual({
      t: ["core.events.properties.tier"]
    });
    expect(await lineage("with e as (select properties as p from core.events) select p.tier as t from e")).toEqual({
      t: ["core.events.properties.tier"]
    });
    expect(await lineage("select properties as t from core.events")).toEqual({t: ["core.events.properties.*"]});
    expect(await lineage("select {'tier': properties}.tier.email as t from core.events")).toEqual({
      t: ["core.events.properties.*"]
    });
  });

  it("takes a row by its table's name for all of its columns", async () => {
    expect(await lineage("select p as row from core.profiles p")).toEqual({
      row: ["core.profiles.email", "core.profiles.profile_id", "core.profiles.tier"]
    });
  });

  it("counts are free of what they count; conditions and parameters of lambdas are no source", async () => {
    expect(
      await lineage(`
        select tier, count(distinct email) as people, list_transform([tier], lambda email: email || '!') as loud
        from core.profiles where email like 'a%' group by all having max(email) > 'b' order by max(email)`)
    ).toEqual({tier: ["core.profiles.tier"], people: [], loud: ["core.profiles.tier"]});
  });

  it("columns of table functions derive from what is put in", async () => {
    expect(await lineage("select u.word from core.profiles, unnest(string_split(email, '@')) as u(word)")).toEqual({
      word: ["core.profiles.email"]
    });
  });

  it("says so where it cannot tell", async () => {
    expect(await lineage("select columns('^e') from core.profiles")).toEqual({email: null});
    expect(await lineage("select * from range(3)")).toEqual({range: null});
  });

  it("agrees with @polyglot-sql/sdk where that applies", async () => {
    await init();
    const schema = {
      strict: false,
      tables: tables.map(({table, columns}) => ({schema: "core", name: table.slice(5), columns}))
    };
    for (const sql of [
      "select tier, sum(profile_id) as n from core.profiles group by tier",
      "with a as (select * from core.profiles) select a.* from a",
      "select coalesce(p.email, i.value) as x from core.profiles p join core.identities i on i.profile_id = p.profile_id",
      "select x from (select tier || email as x from core.profiles) as inner_query",
      "select max(tier) over (partition by email) as t from core.profiles"
    ]) {
      const ours = Object.values(await lineage(sql));
      const theirs = ours.map((_, i) => {
        const leaves = new Set<string>();
        const collect = (node: {name: string; source_kind: string; source_name: string; downstream: never[]}) => {
          if (node.source_kind === "table") leaves.add(`${node.source_name}.${node.name.split(".").at(-1)}`);
          node.downstream.forEach(collect);
        };
        collect(lineageAtWithSchema(i, sql, schema, "duckdb").lineage as never);
        return [...leaves].sort();
      });
      expect(ours, sql).toEqual(theirs);
    }
  });
});

describe("tablesRead(database, sql)", () => {
  it("lists tables but no common table expressions, and tells whether rows are ordered", async () => {
    expect(
      await tablesRead(database, "with e as (from core.events) select * from e join core.profiles using (profile_id)")
    ).toEqual({
      tables: ["core.events", "core.profiles"],
      isOrdered: false
    });
    expect((await tablesRead(database, "from core.events order by value")).isOrdered).toBe(true);
  });

  it("throws the engine's message where the text is no query", async () => {
    await expect(tablesRead(database, "selct 1")).rejects.toThrow(/syntax error/);
  });
});
