import {quoteName} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {BuildContext, GraphNode} from "../engine/node.js";
import {relationKinds} from "../engine/relationKind.js";
import {tableTests} from "./modelTests.js";

export interface BrokenTest {
  test: string;
  /** The first ten. */
  rows: Record<string, unknown>[];
}

/** A table whose tests fail; what was built is rolled back. */
export class TestFailure extends Error {
  constructor(readonly broken: BrokenTest[]) {
    super(broken.map(({test, rows}) => `${test}: ${count(rows.length)} it`).join("; "));
    this.name = "TestFailure";
  }
}

/** Up to so many rows a table is compared with the one before. */
const smallTable = 10_000;

/**
 * Builds a node's table beside the present one, tests it and puts it in its place, in one transaction; records that it
 * stands for `key`. A small table that has come out as it was keeps its version, so that what reads it need not be built
 * again. Returns its row count, of a table. Throws TestFailure, or what the query threw; the last good table stays.
 */
export async function buildNode(
  node: GraphNode,
  context: BuildContext,
  key: string,
  prepared?: unknown
): Promise<number | null> {
  const {database} = context;
  const [schema, table] = node.name.split(".") as [string, string];
  return database.transaction(async () => {
    await database.run(`create schema if not exists ${quoteName(schema)}`);
    let unchanged = (await node.build(context, prepared)) === false;
    // A node may also bring its present table up to date in place.
    const kinds = await relationKinds(database);
    const kind = unchanged ? undefined : kinds.get(`${node.name}__new`);
    const built = kind ? `${node.name}__new` : node.name;
    if (!unchanged) await test(database, node, built, kind === "view");
    const before = kinds.get(node.name);
    // To count a view costs as much as to read it.
    const rows = (kind ?? before) === "view" ? null : await countRows(database, built);
    if (kind) {
      unchanged =
        kind === "table" &&
        before === "table" &&
        !context.full &&
        rows! <= smallTable &&
        (await isSame(database, node.name, built));
      if (unchanged) await database.run(`drop table ${quoteName(built)}`);
      else {
        if (before) await database.run(`drop ${before} ${quoteName(node.name)}`);
        await database.run(`alter ${kind} ${quoteName(built)} rename to ${quoteName(table)}`);
      }
    }
    await database.run(
      `insert into runs.versions (name, version, fingerprint, as_of, rows, built_at)
       values ($name, $key, $key, $asOf, $rows, $now)
       on conflict (name) do update set
         version = ${unchanged ? "version" : "excluded.version"}, fingerprint = excluded.fingerprint,
         as_of = excluded.as_of, rows = excluded.rows, built_at = excluded.built_at,
         stale_since = null, stale_reason = null`,
      {name: node.name, key, asOf: context.asOf, rows, now: new Date()}
    );
    return rows;
  });
}

async function countRows(database: Database, table: string): Promise<number> {
  return (await database.value<number>(`select count(*) from ${quoteName(table)}`))!;
}

/** Whether two tables have the same columns, and the same rows in the same order. */
async function isSame(database: Database, a: string, b: string): Promise<boolean> {
  const shapes = [await database.rows(`describe ${quoteName(a)}`), await database.rows(`describe ${quoteName(b)}`)];
  if (JSON.stringify(shapes[0]) !== JSON.stringify(shapes[1])) return false;
  return (await database.value<boolean>(
    `select coalesce(bool_and(hash(a) = hash(b)), true)
     from (select one as a from ${quoteName(a)} as one) positional join (select other as b from ${quoteName(b)} as other)`
  ))!;
}

async function test(database: Database, node: GraphNode, table: string, isView: boolean): Promise<void> {
  const broken: BrokenTest[] = [];
  // A view's key follows from how it is written; to read it all would cost what the view saves.
  const header = isView ? {...node.header, key: []} : node.header;
  for (const {name, sql, holds} of tableTests(header, table)) {
    if (holds && (await database.value<boolean>(holds))) continue;
    const rows = await database.rows(`from (${sql}\n) limit 10`);
    if (rows.length > 0) broken.push({test: name, rows});
  }
  if (broken.length > 0) throw new TestFailure(broken);
}

function count(rows: number): string {
  return rows === 1 ? "1 row breaks" : rows < 10 ? `${rows} rows break` : "10 or more rows break";
}
