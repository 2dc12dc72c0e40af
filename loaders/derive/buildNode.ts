import {quoteName} from "../../lib/sql.js";
import {columnsOf, columnTypes} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import {fingerprintOf} from "../engine/fingerprintOf.js";
import type {BuildContext, GraphNode} from "../engine/node.js";
import type {RelationKind} from "../engine/relationKind.js";
import {tableTests, type TableTest} from "./modelTests.js";

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

/** What stands under a node's name once it is built. */
export interface Built {
  kind: RelationKind;
  /** Of a table. */
  rows: number | null;
  version: string;
}

export interface BuildInput {
  /** What decides the node's rows. */
  key: string;
  /** What stands under its name now, and the version recorded of it. */
  before: {kind?: RelationKind; version?: string};
  /** What `node.prepare` came to. */
  prepared?: unknown;
}

/**
 * Builds a node's table beside the present one, tests it and puts it in its place, in one transaction; records that it
 * stands for `key`, which is its version from now on. A small table that has come out as it was keeps the version before,
 * so that what reads it need not be built again; so does one whose version says that it was made of the same rows. Throws
 * TestFailure, or what the query threw; the last good table stays.
 */
export async function buildNode(
  node: GraphNode,
  context: BuildContext,
  {key, before, prepared}: BuildInput
): Promise<Built> {
  const {database, asOf, full} = context;
  const {name} = node;
  const [schema, table] = name.split(".") as [string, string];
  return database.transaction(async () => {
    await database.run(`create schema if not exists ${quoteName(schema)}`);
    const {version: standing} = before;
    const madeOf = await rowsRead(node, context);
    if (madeOf !== undefined && standing?.startsWith(madeOf) && before.kind === "table" && !full) {
      const rows = (await database.value<number>(`select count(*) from ${quoteName(name)}`))!;
      await recordVersion(database, {name, version: standing, key, asOf, rows, now: new Date()}, true);
      return {kind: "table", rows, version: standing};
    }
    const made = (await node.build(context, prepared)) ?? "table";
    const kind = made === "view" ? "view" : "table";
    const built = made === "updated" ? name : `${name}__new`;
    const rows = await test(database, node, built, kind === "view");
    const isComparable = made === "table" && before.kind === "table" && !full && rows! <= smallTable;
    const isSame = isComparable && (await areSame(database, name, built));
    if (isSame) await database.run(`drop table ${quoteName(built)}`);
    else if (made !== "updated") {
      if (before.kind) await database.run(`drop ${before.kind} ${quoteName(name)}`);
      await database.run(`alter ${kind} ${quoteName(built)} rename to ${quoteName(table)}`);
    }
    const version = (isSame && standing) || (madeOf ?? "") + key;
    await recordVersion(database, {name, version, key, asOf, rows, now: new Date()}, standing !== undefined);
    return {kind, rows, version};
  });
}

/** What the version of a table begins with where `node.reads` tells of what rows it is made. */
async function rowsRead(node: GraphNode, {database, asOf}: BuildContext): Promise<string | undefined> {
  if (node.reads === undefined) return undefined;
  const read = await database.value<string>(node.reads, {as_of: asOf});
  const parts = [node.fingerprint, node.header, read];
  return fingerprintOf(parts);
}

async function recordVersion(
  database: Database,
  values: {name: string; version: string; key: string; asOf: Date; rows: number | null; now: Date},
  isKnown: boolean
): Promise<void> {
  // An insert with a clause on conflict does both, but takes the engine three times as long.
  await database.run(
    isKnown
      ? `update runs.versions
         set version = $version, fingerprint = $key, as_of = $asOf, rows = $rows, built_at = $now,
           stale_since = null, stale_reason = null
         where name = $name`
      : `insert into runs.versions (name, version, fingerprint, as_of, rows, built_at)
         values ($name, $version, $key, $asOf, $rows, $now)`,
    values
  );
}

/** Whether two tables have the same columns, and the same rows in the same order. */
async function areSame(database: Database, a: string, b: string): Promise<boolean> {
  const [before, after] = [await columnsOf(database, quoteName(a)), await columnsOf(database, quoteName(b))];
  if (JSON.stringify(before) !== JSON.stringify(after)) return false;
  return (await database.value<boolean>(
    `select coalesce(bool_and(hash(a) = hash(b)), true)
     from (select one as a from ${quoteName(a)} as one) positional join (select other as b from ${quoteName(b)} as other)`
  ))!;
}

/** Tests what was built. Returns its rows; of a view null, for to count one costs as much as to read it. */
async function test(database: Database, node: GraphNode, table: string, isView: boolean): Promise<number | null> {
  // A view's key follows from how it is written; to read it all would cost what the view saves.
  const tests = isView
    ? tableTests({...node.header, key: []}, table)
    : tableTests(node.header, table, await columnTypes(database, table));
  const seen = isView ? undefined : await look(database, table, tests);
  const broken: BrokenTest[] = [];
  for (const [i, {name, sql}] of tests.entries()) {
    if (seen?.holds[i]) continue;
    const rows = await database.rows(`from (${sql}\n) limit 10`);
    if (rows.length > 0) broken.push({test: name, rows});
  }
  if (broken.length > 0) throw new TestFailure(broken);
  return seen?.rows ?? null;
}

/** How many rows a table has and which tests surely hold, in one pass over it. */
async function look(database: Database, table: string, tests: TableTest[]) {
  const holds = tests.map((test) => test.holds ?? "false").join(", ");
  const row = await database.row<{rows: number; holds: boolean[]}>(
    `select count(*) as rows, [${holds}]::boolean[] as holds from ${quoteName(table)}`
  );
  return row!;
}

function count(rows: number): string {
  return rows === 1 ? "1 row breaks" : rows < 10 ? `${rows} rows break` : "10 or more rows break";
}
