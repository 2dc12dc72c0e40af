import {readFileSync} from "node:fs";
import {join} from "node:path";
import type {Database} from "../engine/database.js";
import {tablesRead} from "../engine/lineage.js";
import type {GraphNode} from "../engine/node.js";
import type {Progress} from "../engine/progress.js";
import {projectRoot, type Workspace} from "../workspace.js";
import {writeArrow, writeColumns, type Rules} from "./arrowFile.js";
import {catalogFiles} from "./catalog/catalog.js";
import {publishedTables, segmentTables, tableRefusals, writeDatabase, type PublishedTable} from "./databases.js";
import {modelQueries, publishedQueries, type PublishedQuery} from "./files.js";
import {buildHash, hashOf} from "./manifest.js";
import {marks, tableShapes} from "./marks.js";
import {collectPersonalValues, rootTaints, spreadTaints} from "./personal.js";
import {segmentEvents} from "./segmentEvents.js";
import {writeSegments} from "./segmentsDatabase.js";
import {parseSize} from "./size.js";
import {openStaging} from "./staging.js";
import {inputVersions} from "./versions.js";

export interface PublishReport {
  /** Id of the build that the pointer names now. */
  build: string;
  files: {name: string; bytes: number; rows: number | null; sampled: boolean}[];
  changed: boolean;
  /** What was refused or failed; its last good file stays. */
  failures: {file: string; message: string}[];
}

export interface PublishOptions {
  asOf: Date;
  progress: Progress;
}

/**
 * Writes every file that the site reads into `published/<build>/` and moves the pointer. A file whose inputs are the
 * same is taken over from the build before; one that is refused or fails stays as it was, and is reported.
 */
export async function publish(
  database: Database,
  workspace: Workspace,
  nodes: GraphNode[],
  {asOf, progress}: PublishOptions
): Promise<PublishReport> {
  const versions = await inputVersions(database);
  const rules = lazyRules(database, workspace, nodes);
  const marking = JSON.stringify([workspace.publish, workspace.sources, nodes.map(({header}) => header)]);
  const definitions = hashOf(codeRevision(), marking);
  const {files, failures, fail, put, finish} = openStaging(workspace, definitions, progress);
  const marked = nodes.filter(({header}) => header.publish !== "none" || hasMarkedColumn(header));
  const databaseKey = hashOf(definitions, ...marked.map(({name}) => `${name} ${versions(name)}`));
  await putQueries();
  await putWorkspace();
  await putSegments();
  await putCatalog();
  warnOfSize();
  return {
    ...finish(),
    failures: [...failures],
    files: files.map(({name, bytes, rows, of}) => ({name, bytes, rows, sampled: rows < of}))
  };

  function warnOfSize() {
    const {max_bytes} = workspace.publish;
    for (const {name, bytes} of files) {
      if (bytes <= parseSize(max_bytes)) continue;
      const size = `${(bytes / 1e6).toFixed(1)} MB, beyond publish.max_bytes (${max_bytes})`;
      progress.warn(`${name} is ${size}: tables of counts are never sampled; raise it, or publish fewer of them`);
    }
  }

  async function putQueries() {
    const queries = [...publishedQueries(), ...modelQueries(nodes, await tableShapes(database))];
    for (const [i, query] of queries.entries()) {
      progress.step(`publish ${query.name}`, i, queries.length);
      const parameters = usedParameters(query, {
        as_of: asOf,
        time_zone: workspace.time_zone,
        currency: workspace.currency
      });
      const {tables} = await tablesRead(database, query.sql).catch(() => ({tables: []}));
      const key = hashOf(definitions, query.sql, JSON.stringify(parameters), ...tables.map(versions));
      await put(`${query.name}.arrow`, {key, description: query.description}, async (path) =>
        writeArrow(database, path, query, parameters, await rules())
      );
    }
  }

  async function putWorkspace() {
    const about = {key: databaseKey, description: "the tables marked for publishing"};
    await put("workspace.duckdb", about, async (path, before) => {
      progress.step("publish workspace.duckdb");
      const {good, refused} = await sift(publishedTables(nodes, await rules()));
      return await writeDatabase(database, path, good, await rules(), {kept: refused, before});
    });
  }

  async function putSegments() {
    const key = hashOf(databaseKey, versions("core.events"));
    await put("segments.duckdb", {key, description: "one wide row per profile, and events"}, async (path, before) => {
      progress.step("publish segments.duckdb");
      const [profiles] = (await sift(segmentTables(nodes, await rules()))).good;
      const {events, reasons} = await segmentEvents(database, workspace, await rules());
      reasons.forEach((message) => fail("segments.events", message));
      return await writeSegments(database, path, {profiles, events}, await rules(), before);
    });
  }

  async function sift(tables: PublishedTable[]) {
    const reasons = await tableRefusals(database, tables, await rules());
    tables.forEach(({as}, i) => reasons[i]!.forEach((message) => fail(as, message)));
    const isGood = (_: PublishedTable, i: number) => reasons[i]!.length === 0;
    return {good: tables.filter(isGood), refused: tables.filter((table, i) => !isGood(table, i))};
  }

  async function putCatalog() {
    const build = buildHash(files);
    for (const {name, columns} of await catalogFiles(database, workspace, nodes, {asOf, build, files: [...files]})) {
      await put(`${name}.arrow`, {key: "", description: "about the warehouse"}, async (path) =>
        writeColumns(path, columns)
      );
    }
  }
}

/** Reading marks and following personal columns is only worth it when something is written. */
function lazyRules(database: Database, workspace: Workspace, nodes: GraphNode[]): () => Promise<Rules> {
  let rules: Promise<Rules> | undefined;
  const read = async (): Promise<Rules> => {
    const shapes = await tableShapes(database);
    const taints = await spreadTaints(database, nodes, rootTaints(workspace, shapes), shapes);
    await collectPersonalValues(database, workspace, shapes);
    const {mode, k, max_bytes} = workspace.publish;
    return {shapes, taints, mark: marks(workspace, nodes), mode, k, maxBytes: parseSize(max_bytes)};
  };
  return () => (rules ??= read());
}

function usedParameters({sql}: PublishedQuery, all: Record<string, Date | string>) {
  return Object.fromEntries(Object.entries(all).filter(([name]) => new RegExp(`\\$${name}\\b`).test(sql)));
}

function hasMarkedColumn({columns}: GraphNode["header"]): boolean {
  return Object.values(columns).some((column) => typeof column === "object" && (column.publish ?? "none") !== "none");
}

/** Changes with the code that decides what published files look like. */
function codeRevision(): string {
  const databases = ["databases", "fitting", "sample", "segmentEvents", "segmentsDatabase", "suppress"];
  const names = ["arrow", "arrowFile", ...databases, "marks", "match", "personal"];
  const files = names.map((name) => join(import.meta.dirname, `${name}.ts`));
  return hashOf(...[...files, join(projectRoot, "lib/surrogate.ts")].map((file) => readFileSync(file)));
}
