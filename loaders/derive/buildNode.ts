import {quoteName, type Database} from "../engine/database.js";
import type {BuildContext, GraphNode} from "../engine/node.js";
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

/**
 * Builds a node's table beside the present one, tests it and puts it in its place, in one transaction; records that it
 * stands for `key`. Returns its row count, of a table. Throws TestFailure, or what the query threw; the last good table stays.
 */
export async function buildNode(node: GraphNode, context: BuildContext, key: string): Promise<number | null> {
  const {database} = context;
  const [schema, table] = node.name.split(".") as [string, string];
  return database.transaction(async () => {
    await database.run(`create schema if not exists ${quoteName(schema)}`);
    const unchanged = (await node.build(context)) === false;
    // A node may also bring its present table up to date in place.
    const kind = unchanged ? undefined : await relationKind(database, `${node.name}__new`);
    const built = kind ? `${node.name}__new` : node.name;
    if (!unchanged) await test(database, node, built, kind === "view");
    if (kind) {
      const old = await relationKind(database, node.name);
      if (old) await database.run(`drop ${old} ${quoteName(node.name)}`);
      await database.run(`alter ${kind} ${quoteName(built)} rename to ${quoteName(table)}`);
    }
    // To count a view costs as much as to read it.
    const isView = (kind ?? (await relationKind(database, node.name))) === "view";
    const rows = isView ? null : (await database.value<number>(`select count(*) from ${quoteName(node.name)}`))!;
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

/** Whether a name is a table or a view; undefined where there is none. */
export async function relationKind(database: Database, name: string): Promise<"table" | "view" | undefined> {
  const [schema, table] = name.split(".") as [string, string];
  const type = await database.value<string>(
    `select table_type from information_schema.tables
     where table_catalog = current_database() and table_schema = $schema and table_name = $table`,
    {schema, table}
  );
  return type === undefined ? undefined : type === "VIEW" ? "view" : "table";
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
