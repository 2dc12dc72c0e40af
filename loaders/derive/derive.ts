import {quoteName} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import {fingerprintOf} from "../engine/fingerprintOf.js";
import type {GraphNode} from "../engine/node.js";
import type {Progress} from "../engine/progress.js";
import {recordsEpoch, runLog} from "../engine/records.js";
import {relationKinds, type RelationKind} from "../engine/relationKind.js";
import {tableVersions} from "../engine/versions.js";
import type {Workspace} from "../workspace.js";
import {openAside} from "./aside.js";
import {buildNode, TestFailure, type BrokenTest} from "./buildNode.js";
import {dependencies, orderNodes, upstream} from "./graph.js";
import {dropShared} from "./sharedTable.js";

export interface NodeReport {
  name: string;
  status: "built" | "current" | "failed" | "stale" | "skipped";
  rows: number | null;
  seconds: number;
  error?: string;
  /** The first ten rows that broke a test. */
  broken?: BrokenTest[];
}

export interface DeriveOptions {
  asOf: Date;
  progress: Progress;
  runId: string;
  full?: boolean;
  /** Build this table and what it reads, nothing else. */
  only?: string;
}

/**
 * Builds what has changed inputs, in dependency order; each table is tested and swapped in by one transaction. A node
 * that fails keeps its last good table; what reads it is marked stale and left alone. Throws DefinitionError.
 */
export async function derive(
  database: Database,
  workspace: Workspace,
  nodes: GraphNode[],
  {asOf, progress, runId, full = false, only}: DeriveOptions
): Promise<NodeReport[]> {
  await database.run(
    `create table if not exists runs.partitions (name varchar, partition varchar, fingerprint varchar, change_id bigint)`
  );
  const ordered = orderNodes(nodes, await standingTables(database));
  const selected = only === undefined ? ordered : upstream(ordered, only);
  const relations = await relationKinds(database);
  await dropAbandoned(database, nodes, relations);
  await dropShared(database);
  const versions = await tableVersions(database);
  const built = await builtNodes(database);
  /** What failed or is stale, each with what failed first. */
  const bad = new Map<string, string>();
  const reports: NodeReport[] = [];
  const context = {database, workspace, asOf, runId, full, progress};
  const aside = openAside(context);
  const log = runLog(database);
  const waiting = new Set(selected.map(({name}) => name));
  try {
    for (const [i, node] of selected.entries()) {
      progress.step(node.name, i, selected.length);
      prepareReady();
      waiting.delete(node.name);
      reports.push((await stale(node)) ?? (await current(node)) ?? (await build(node)));
    }
  } finally {
    await aside.close();
    await log.write();
  }
  await dropShared(database);
  progress.step("derive", selected.length, selected.length);
  for (const node of ordered) if (!selected.includes(node)) await stale(node);
  return reports;

  function prepareReady() {
    for (const node of selected) {
      if (!node.prepare || !waiting.has(node.name) || dependencies(node).some((name) => waiting.has(name))) continue;
      if (culpritOf(node, bad) === undefined && !isCurrent(node)) aside.start(node);
    }
  }

  function isCurrent(node: GraphNode): boolean {
    const key = contentKey(node, versions, asOf, bad);
    return !full && built.get(node.name)?.key === key && relations.has(node.name);
  }

  function reportOf({name}: GraphNode, status: NodeReport["status"]): NodeReport {
    return {name, status, rows: built.get(name)?.rows ?? null, seconds: 0};
  }

  async function stale(node: GraphNode): Promise<NodeReport | undefined> {
    const culprit = culpritOf(node, bad);
    if (culprit === undefined) return undefined;
    const failed = bad.get(culprit)!;
    const error = `${failed} failed`;
    bad.set(node.name, failed);
    await markStale(database, node.name, error);
    return {...reportOf(node, "stale"), error};
  }

  async function current(node: GraphNode): Promise<NodeReport | undefined> {
    if (!isCurrent(node)) return undefined;
    if (built.get(node.name)!.isStale) await clearStale(database, node.name);
    return reportOf(node, "current");
  }

  async function build(node: GraphNode): Promise<NodeReport> {
    const startedAt = new Date();
    const start = performance.now();
    const report = reportOf(node, "built");
    try {
      const key = contentKey(node, versions, asOf, bad);
      const prepared = node.prepare && (await aside.result(node));
      const before = {kind: relations.get(node.name), version: versions.get(node.name)};
      const made = await buildNode(node, context, {key, before, prepared});
      report.rows = made.rows;
      relations.set(node.name, made.kind);
      versions.set(node.name, made.version);
    } catch (error) {
      report.status = "failed";
      report.error = `${node.file}: ${error instanceof Error ? error.message : String(error)}`;
      if (error instanceof TestFailure) report.broken = error.broken;
      bad.set(node.name, node.name);
      await markStale(database, node.name, report.error);
      progress.warn(report.error);
    }
    report.seconds = (performance.now() - start) / 1000;
    await log.add({
      run_id: runId,
      kind: "model",
      name: node.name,
      status: report.status,
      rows: report.rows,
      seconds: report.seconds,
      error: report.error,
      as_of: asOf,
      inputs: node.inputs,
      started_at: startedAt,
      finished_at: new Date()
    });
    return report;
  }
}

/** What a node needs and cannot do without, that has failed or is stale. */
function culpritOf(node: GraphNode, bad: ReadonlyMap<string, string>): string | undefined {
  return dependencies(node).find((name) => bad.has(name) && !node.tolerates?.includes(name));
}

/** What decides a node's rows: its definition, the versions of what it needs, and the as-of instant where it counts. */
function contentKey(
  node: GraphNode,
  versions: ReadonlyMap<string, string>,
  asOf: Date,
  bad: ReadonlyMap<string, string>
): string {
  const inputs = dependencies(node).map((name) => [name, bad.has(name) ? "bad" : (versions.get(name) ?? null)]);
  const epoch = recordsEpoch(versions);
  const parts = [node.name, node.header, node.fingerprint, inputs, node.usesAsOf ? asOf.getTime() : null, epoch];
  return fingerprintOf(parts);
}

/** Tables that no node makes: those of the ingestion, and the records. */
async function standingTables(database: Database): Promise<string[]> {
  const rows = await database.rows<{name: string}>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_catalog = current_database()
     except select name from runs.versions where fingerprint is not null`
  );
  return rows.map((row) => row.name);
}

async function dropAbandoned(
  database: Database,
  nodes: GraphNode[],
  relations: ReadonlyMap<string, RelationKind>
): Promise<void> {
  const names = new Set(nodes.map((node) => node.name));
  for (const name of (await builtNodes(database)).keys()) {
    if (names.has(name)) continue;
    await database.transaction(async () => {
      const kind = relations.get(name);
      if (kind) await database.run(`drop ${kind} ${quoteName(name)}`);
      for (const table of ["runs.versions", "runs.partitions"]) {
        await database.run(`delete from ${table} where name = $name`, {name});
      }
    });
  }
}

async function builtNodes(database: Database) {
  const rows = await database.rows<{name: string; key: string; rows: number | null; isStale: boolean}>(
    `select name, fingerprint as key, rows, stale_since is not null as "isStale"
     from runs.versions where fingerprint is not null`
  );
  return new Map(rows.map((row) => [row.name, row]));
}

async function markStale(database: Database, name: string, reason: string): Promise<void> {
  await database.run(
    `insert into runs.versions (name, version, fingerprint, stale_since, stale_reason)
     values ($name, '', '', $now, $reason)
     on conflict (name) do update set
       stale_since = coalesce(stale_since, excluded.stale_since), stale_reason = excluded.stale_reason`,
    {name, reason, now: new Date()}
  );
}

async function clearStale(database: Database, name: string): Promise<void> {
  await database.run("update runs.versions set stale_since = null, stale_reason = null where name = $name", {name});
}
