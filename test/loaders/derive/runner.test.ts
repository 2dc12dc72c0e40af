import {afterEach, describe, expect, test} from "vitest";
import {modelHeader} from "../../../lib/definitions/model.js";
import {derive} from "../../../loaders/derive/derive.js";
import {sqlModel} from "../../../loaders/derive/sqlModel.js";
import {asideCatalog, type BuildContext, type GraphNode} from "../../../loaders/engine/node.js";
import {silent} from "../../../loaders/engine/progress.js";
import {bumpVersion} from "../../../loaders/engine/versions.js";
import {testWarehouse, type TestWarehouse} from "../../warehouse.js";
import {model, type BuildOptions} from "./build.js";

const open: TestWarehouse[] = [];
afterEach(() => {
  for (const warehouse of open.splice(0)) warehouse.close();
});

/** A warehouse with `core.events` of ids 1, 2, 3 and these models alone. */
async function setUp(models: Record<string, string>) {
  const warehouse = await testWarehouse({
    models,
    events: [1, 2, 3].map((id) => ({id, type: "a.b", time: `2025-01-0${id}T00:00`, profile: `p${id}`, value: id}))
  });
  open.push(warehouse);
  const {database, workspace} = warehouse;
  const change = (id: string, text?: string) => {
    workspace.models = workspace.models.filter((other) => other.id !== id);
    if (text !== undefined) workspace.models.push({id, file: `models/${id}.sql`, text});
  };
  const build = async (options: BuildOptions & {asOf?: string} = {}) => {
    const nodes = [];
    for (const file of workspace.models) {
      const {node, mistakes} = await sqlModel(database, workspace, {...file, isBuiltIn: false});
      expect(mistakes).toEqual([]);
      nodes.push(node!);
    }
    const asOf = new Date(options.asOf ?? "2026-01-01T00:00:00Z");
    return derive(database, workspace, nodes, {...options, asOf, progress: silent, runId: "run"});
  };
  const statuses = async (options: BuildOptions & {asOf?: string} = {}) =>
    Object.fromEntries((await build(options)).map((report) => [report.name, report.status]));
  return {...warehouse, change, build, statuses};
}

/** A node of a query; nodes stand in the graph as they are given. */
function node(name: string, sql: string, inputs: string[]): GraphNode {
  return {
    name,
    header: modelHeader.parse({name, description: "A test", grain: "one row per id", key: ["id"]}),
    file: name,
    inputs,
    fingerprint: sql,
    usesAsOf: false,
    async build({database}) {
      await database.run(`create table ${name}__new as ${sql}`);
    }
  };
}

/** A warehouse with `core.events` of ids 1, 2, 3, and these nodes. */
async function nodesOf(nodes: GraphNode[]) {
  const {database, workspace} = await setUp({});
  const asOf = new Date("2026-01-01T00:00:00Z");
  return {database, run: () => derive(database, workspace, nodes, {asOf, progress: silent, runId: "run"})};
}

const chain = {
  a: model("derived.a", "select event_id::integer as id, value from core.events"),
  b: model("derived.b", "select id, value * 2 as value from derived.a"),
  c: model("derived.c", "select count(*) as id from derived.b"),
  z: model("derived.z", "select 1 as id")
};

describe("derive()", () => {
  test("builds in dependency order, once, and again what reads a table that changed", async () => {
    const {statuses, add, build} = await setUp(chain);
    expect((await build()).map((report) => [report.name, report.rows])).toEqual([
      ["derived.a", 3],
      ["derived.b", 3],
      ["derived.c", 1],
      ["derived.z", 1]
    ]);
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(["current"]));
    await add([{type: "a.b", time: "2025-02-01T00:00", profile: "q", id: 4, value: 1}]);
    expect(await statuses()).toEqual({
      "derived.a": "built",
      "derived.b": "built",
      "derived.c": "built",
      "derived.z": "current"
    });
    expect(new Set(Object.values(await statuses({full: true})))).toEqual(new Set(["built"]));
  });

  test("leaves alone what reads a table that came out as it was, but not one in another order or of another type", async () => {
    const {change, statuses, add} = await setUp({
      ...chain,
      a: model("derived.a", "select event_id::integer as id, value from core.events where event_type = 'a.b'")
    });
    await statuses();
    await add([{type: "c.d", time: "2025-02-01T00:00", profile: "q", id: 4, value: 1}]);
    expect(await statuses()).toMatchObject({"derived.a": "built", "derived.b": "current", "derived.c": "current"});
    const again = async (sql: string) => {
      change("a", model("derived.a", sql, "key: []"));
      return (await statuses())["derived.b"];
    };
    const rows = "from core.events where event_type = 'a.b'";
    expect(await again(`select event_id::integer as id, value ${rows} order by id desc`)).toBe("built");
    expect(await again(`select event_id::integer as id, value ${rows} order by id desc, value`)).toBe("current");
    expect(await again(`select event_id::bigint as id, value ${rows} order by id desc`)).toBe("built");
    expect(await again(`select event_id::bigint as id, value ${rows} order by id desc limit 2`)).toBe("built");
    expect(await again(`select event_id::bigint as id, value ${rows} and event_id < 0`)).toBe("built");
    expect(await again(`select event_id::bigint as id, value ${rows} and event_id < -1`)).toBe("current");
  });

  test("keeps the last good table of a model whose test fails, shows the rows, marks what reads it, builds the rest", async () => {
    const {database, change, build, statuses} = await setUp(chain);
    await build();
    change("a", model("derived.a", "select 7 as id, value from core.events"));
    change("z", model("derived.z", "select 2 as id"));
    const reports = await build();
    expect(reports.map((report) => [report.name, report.status])).toEqual([
      ["derived.a", "failed"],
      ["derived.b", "stale"],
      ["derived.c", "stale"],
      ["derived.z", "built"]
    ]);
    expect(reports[0]!.error).toBe("models/a.sql: unique (id): 1 row breaks it");
    expect(reports[0]!.broken).toEqual([{test: "unique (id)", rows: [{id: 7, count_rows: 3}]}]);
    expect(await database.rows("select id from derived.a order by id")).toEqual([{id: 1}, {id: 2}, {id: 3}]);
    const stale = "select name, stale_reason from runs.versions where stale_since is not null order by name";
    expect((await database.rows(stale)).map((row) => row.name)).toEqual(["derived.a", "derived.b", "derived.c"]);
    expect(await database.rows("select name, status from runs.runs where status = 'failed'")).toHaveLength(1);
    change("a", chain.a);
    expect((await statuses())["derived.a"]).toBe("current");
    expect(await database.rows(stale)).toEqual([]);
  });

  test("keeps the last good table of a model whose query fails", async () => {
    const {database, change, build} = await setUp(chain);
    await build();
    change("b", model("derived.b", "select id, error('no such luck') as value from derived.a"));
    const reports = await build();
    expect(reports.map((report) => report.status)).toEqual(["current", "failed", "stale", "current"]);
    expect(reports[1]!.error).toMatch(/^models\/b\.sql: .*no such luck/);
    expect(await database.value("select count(*) from derived.b")).toBe(3);
    expect(
      await database.rows("select table_name from information_schema.tables where table_name like '%__new'")
    ).toEqual([]);
  });

  test("only: builds a model and what it reads", async () => {
    const {statuses} = await setUp(chain);
    expect(await statuses({only: "derived.b"})).toEqual({"derived.a": "built", "derived.b": "built"});
    await expect(statuses({only: "derived.bb"})).rejects.toThrow(
      'unknown model "derived.bb": did you mean "derived.b"?'
    );
  });

  test("builds again what uses the as-of instant when that moves, and nothing else", async () => {
    const {statuses} = await setUp({
      ...chain,
      now: model("derived.now", "select $as_of as id, $time_zone as zone, $currency as currency")
    });
    await statuses();
    const moved = await statuses({asOf: "2026-01-02T00:00:00Z"});
    expect(Object.entries(moved).filter(([, status]) => status === "built")).toEqual([["derived.now", "built"]]);
  });

  test("drops the table of a model that is gone, and no table that it did not make", async () => {
    const {database, change, build} = await setUp(chain);
    await database.run("create table derived.mine as select 1 as id");
    await build();
    for (const id of ["b", "c"]) change(id);
    await build();
    const tables = await database.rows(
      "select table_name from information_schema.tables where table_schema = 'derived'"
    );
    expect(tables.map((row) => row.table_name).sort()).toEqual(["a", "mine", "z"]);
  });

  describe("prepares a node aside", () => {
    const rows = (sql: string) => async (context: BuildContext) => {
      await context.database.run(`create or replace table ${asideCatalog}.main.worked_out as ${sql}`);
      return context.database.value<number>("select sum(value)::integer from derived.base");
    };
    const prepared = (prepare: GraphNode["prepare"]) => [
      node("derived.a_needs_it", "from derived.b_prepared", ["derived.b_prepared"]),
      {
        ...node("derived.b_prepared", "", ["derived.base"]),
        prepare,
        async build({database}: BuildContext, sum: unknown) {
          await database.run(
            `create table derived.b_prepared__new as select id, ${Number(sum)} as value from ${asideCatalog}.main.worked_out`
          );
        }
      },
      node("derived.base", "select event_id::integer as id, value from core.events", ["core.events"]),
      node("derived.c_rest", "select 1 as id", [])
    ];

    test("with what it reads built first, and itself last", async () => {
      const {database, run} = await nodesOf(prepared(rows("select 7 as id")));
      const reports = await run();
      expect(reports.map(({name, status}) => [name, status])).toEqual([
        ["derived.base", "built"],
        ["derived.c_rest", "built"],
        ["derived.b_prepared", "built"],
        ["derived.a_needs_it", "built"]
      ]);
      expect(await database.rows("from derived.a_needs_it")).toEqual([{id: 7, value: 6}]);
      expect(
        await database.value(`select count(*) from duckdb_databases() where database_name = '${asideCatalog}'`)
      ).toBe(0);
    });

    test("early where another that is prepared reads it", async () => {
      const nodes = prepared(rows("select 7 as id"));
      nodes[2]!.prepare = ({database}) => database.run(`create table ${asideCatalog}.main.seen as from core.events`);
      const {run} = await nodesOf(nodes);
      expect((await run()).map(({name, status}) => [name, status])).toEqual([
        ["derived.base", "built"],
        ["derived.c_rest", "built"],
        ["derived.b_prepared", "built"],
        ["derived.a_needs_it", "built"]
      ]);
    });

    test("while what reads all events is built, first what most others wait for", async () => {
      const {run} = await nodesOf([
        ...prepared(rows("select 7 as id")),
        node("derived.a_small", "select 1 as id", []),
        node("derived.d_events", "select event_id as id from core.events", ["core.events"]),
        node("derived.e_events", "select event_id as id from core.events", ["core.events"]),
        node("derived.f_reads_e", "from derived.e_events", ["derived.e_events"])
      ]);
      expect((await run()).map(({name}) => name.replace("derived.", ""))).toEqual([
        "base",
        "e_events",
        "d_events",
        "a_small",
        "c_rest",
        "f_reads_e",
        "b_prepared",
        "a_needs_it"
      ]);
    });

    test("once, and not where it is current", async () => {
      let calls = 0;
      const {run} = await nodesOf(
        prepared((context) => {
          ++calls;
          return rows("select 7 as id")(context);
        })
      );
      await run();
      expect((await run()).map(({status}) => status)).toEqual(["current", "current", "current", "current"]);
      expect(calls).toBe(1);
    });

    test("and fails with it, while the rest is built", async () => {
      const {database, run} = await nodesOf(prepared(rows("select nobody as id")));
      const reports = await run();
      expect(Object.fromEntries(reports.map(({name, status}) => [name, status]))).toEqual({
        "derived.base": "built",
        "derived.c_rest": "built",
        "derived.b_prepared": "failed",
        "derived.a_needs_it": "stale"
      });
      expect(reports.find(({name}) => name === "derived.b_prepared")!.error).toContain("nobody");
      expect(
        await database.value(`select count(*) from duckdb_databases() where database_name = '${asideCatalog}'`)
      ).toBe(0);
    });

    test("not at all where what it reads has failed", async () => {
      let calls = 0;
      const nodes = prepared(async () => ++calls);
      nodes[2] = node("derived.base", "select error('broken') as id", ["core.events"]);
      const {run} = await nodesOf(nodes);
      const statuses = Object.fromEntries((await run()).map(({name, status}) => [name, status]));
      expect(statuses).toMatchObject({"derived.base": "failed", "derived.b_prepared": "stale"});
      expect(calls).toBe(0);
    });
  });

  test("names the models that go round in a circle", async () => {
    const {build} = await setUp({
      x: model("derived.x", "select id from derived.y"),
      y: model("derived.y", "select id from derived.x")
    });
    await expect(build()).rejects.toThrow("the models go round in a circle: derived.x ← derived.y ← derived.x");
  });

  test("names an unknown table, its line and the nearest name; and a model made twice", async () => {
    const one = await setUp({a: model("derived.a", "select 1 as id\nfrom core.event")});
    await expect(one.build()).rejects.toThrow(
      'models/a.sql:8: unknown table "core.event": did you mean "core.events"?'
    );
    const two = await setUp({a: chain.a, b: chain.a});
    await expect(two.build()).rejects.toThrow("models/b.sql:2: derived.a is made twice: by models/a.sql too");
  });

  test("tests not_null, accepted_values, expressions and relationships, with the rows that break them", async () => {
    const failing = `
      select * from (values (1, 'x', 5), (2, 'y', -1), (3, null, 9)) as t (id, kind, n)`;
    const {build} = await setUp({
      a: chain.a,
      t: model(
        "derived.t",
        failing,
        `key: [id]
references: [{columns: [n], table: derived.a, fields: [id]}]
tests:
  - not_null: kind
  - accepted_values: {column: kind, values: [x]}
  - expression: n > 0
  - relationship: {column: id, to: derived.a, field: id}`
      )
    });
    const report = (await build()).find((node) => node.name === "derived.t")!;
    expect(report.broken).toEqual([
      {test: "not_null (kind)", rows: [{id: 3, kind: null, n: 9}]},
      {test: "accepted_values (kind)", rows: [{kind: "y", count_rows: 1}]},
      {test: "n > 0", rows: [{id: 2, kind: "y", n: -1}]},
      {
        test: "relationship (n) to derived.a (id)",
        rows: [
          {n: -1, count_rows: 1},
          {n: 5, count_rows: 1},
          {n: 9, count_rows: 1}
        ]
      }
    ]);
  });

  test("shows the first ten rows of a key that is not unique, whichever way that was found", async () => {
    const rows = "from range(12) as ids (id) cross join range(2) as twice";
    const {build} = await setUp({
      a: model("derived.a", `select id, 'x' as word ${rows}`, "key: [id, word]"),
      b: model("derived.b", `select id, 'x'::enum('x', 'y') as word ${rows}`, "key: [id, word]")
    });
    const broken = Array.from({length: 10}, (_, id) => ({id, word: "x", count_rows: 2}));
    for (const report of await build()) {
      expect(report.broken).toEqual([{test: "unique (id, word)", rows: broken}]);
      expect(report.error).toMatch(/unique \(id, word\): 10 or more rows break it$/);
    }
  });

  test("columns with hostile names pass through", async () => {
    const {build} = await setUp({
      h: model("derived.h", `select 1 as id, 2 as "a""; drop table core.events; --", 3 as "select"`)
    });
    expect((await build())[0]!.status).toBe("built");
  });

  test("a partitioned model computes again from the earliest change on, and equals a full build", async () => {
    const {database, add, build} = await setUp({
      d: model(
        "derived.d",
        "select event_date as day, count(*) as n, sum(value) as value from core.events group by all",
        "key: [day]\nrefresh: {partition: day}"
      )
    });
    await build();
    await database.run("update derived.d set n = 99 where day = date '2025-01-01'");
    await add([{type: "a.b", time: "2025-01-03T05:00", profile: "q", id: 9, value: 5}]);
    await build();
    const rows = () => database.rows("select n, value from derived.d order by day");
    // The tampered partition shows that what came before the change was left alone.
    expect(await rows()).toEqual([
      {n: 99, value: 1},
      {n: 1, value: 2},
      {n: 2, value: 8}
    ]);
    await build({full: true});
    expect((await rows())[0]).toEqual({n: 1, value: 1});
    await database.run("delete from core.events where event_id = 1");
    await database.run("insert into landing.changes values (99, 1, timestamp '2025-01-01')");
    await bumpVersion(database, "core.events");
    await build();
    expect(await rows()).toEqual([
      {n: 1, value: 2},
      {n: 2, value: 8}
    ]);
  });
});
