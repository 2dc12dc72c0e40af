import {createHash} from "node:crypto";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs";
import {join} from "node:path";
import type {Database} from "../engine/database.js";
import type {GraphNode} from "../engine/node.js";
import type {Progress} from "../engine/progress.js";
import {mentions} from "../engine/lineage.js";
import {statePaths} from "../engine/warehouse.js";
import type {Workspace} from "../workspace.js";
import {arrowBytes, readColumns, type ArrowColumn} from "./arrow.js";
import {catalogFiles} from "./catalog.js";
import {publishedTables, tableColumns, writeDatabase} from "./databases.js";
import {publishedQueries, type PublishedQuery} from "./files.js";

export interface PublishReport {
  /** Id of the build that the pointer names now. */
  build: string;
  files: {name: string; bytes: number; rows: number | null; sampled: boolean}[];
  changed: boolean;
}

export interface PublishOptions {
  asOf: Date;
  progress: Progress;
  runId: string;
}

/** Writes every file that the site reads into `published/<build>/` and moves the pointer. */
export async function publish(
  database: Database,
  workspace: Workspace,
  nodes: GraphNode[],
  options: PublishOptions
): Promise<PublishReport> {
  const {published} = statePaths(workspace);
  mkdirSync(published, {recursive: true});
  const staging = join(published, ".staging");
  rmSync(staging, {recursive: true, force: true});
  mkdirSync(staging);
  const queries = publishedQueries();
  const files: PublishReport["files"] = [];
  const add = (name: string, columns: ArrowColumn[]) => {
    const bytes = arrowBytes(columns);
    writeFileSync(join(staging, `${name}.arrow`), bytes);
    files.push({name: `${name}.arrow`, bytes: bytes.length, rows: columns[0]?.values.length ?? 0, sampled: false});
  };
  for (const [i, query] of queries.entries()) {
    options.progress.step(`publish ${query.name}`, i, queries.length);
    add(query.name, await runQuery(database, workspace, query, options.asOf));
  }
  for (const {name, columns} of await catalogFiles(database, workspace, nodes, options.asOf)) add(name, columns);
  const workspaceTables = (await publishedTables(database, nodes)).filter(
    ({from}) => !from.startsWith("insights.segment_")
  );
  await writeDatabase(database, join(staging, "workspace.duckdb"), workspaceTables);
  const people = await tableColumns(database, "insights.segment_profiles");
  const segments =
    people.length === 0
      ? []
      : [{from: "insights.segment_profiles", as: "segments.profiles", columns: people, key: ["id"]}];
  await writeDatabase(database, join(staging, "segments.duckdb"), segments);
  const build = contentHash(staging);
  const folder = join(published, build);
  const changed = !existsSync(folder);
  if (changed) renameSync(staging, folder);
  else rmSync(staging, {recursive: true});
  writeFileSync(join(published, "current.new"), build);
  renameSync(join(published, "current.new"), join(published, "current"));
  return {build, files, changed};
}

async function runQuery(
  database: Database,
  workspace: Workspace,
  query: PublishedQuery,
  asOf: Date
): Promise<ArrowColumn[]> {
  const {tables, ordered} = await mentions(database, query.sql);
  const present = await existing(database, tables);
  if (present.length < tables.length) {
    return Object.keys(query.columns).map((name) => ({name, type: "text", values: []}));
  }
  const all = {as_of: asOf, time_zone: workspace.time_zone, currency: workspace.currency};
  const used = Object.fromEntries(Object.entries(all).filter(([name]) => query.sql.includes(`$${name}`)));
  const order = ordered ? "" : "order by all";
  await database.run(`create or replace temp table publication as from (${query.sql}\n) ${order}`, used);
  const columns = await readColumns(database, "publication");
  await database.run("drop table publication");
  return columns;
}

async function existing(database: Database, tables: string[]): Promise<string[]> {
  const rows = await database.rows<{name: string}>(
    "select schema_name || '.' || table_name as name from duckdb_tables() union select schema_name || '.' || view_name from duckdb_views()"
  );
  const known = new Set(rows.map(({name}) => name));
  return tables.filter((name) => known.has(name));
}

function contentHash(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}

void [copyFileSync, linkSync, statSync];
