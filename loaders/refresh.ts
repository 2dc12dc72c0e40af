import {randomUUID} from "node:crypto";
import {rmSync} from "node:fs";
import {DefinitionError} from "../lib/definitions/check.js";
import type {Clock} from "./activate/client/clock.js";
import {activationNodes} from "./activate/nodes.js";
import {runDue, type ScheduledDelivery} from "./activate/runDue.js";
import {audienceNodes} from "./audiences/audiences.js";
import {failedAudiences} from "./audiences/failures.js";
import {derive, type NodeReport} from "./derive/derive.js";
import {modelNodes} from "./derive/models.js";
import {asOfInstant} from "./engine/asOf.js";
import type {Database} from "./engine/database.js";
import {withLock} from "./engine/lock.js";
import type {GraphNode} from "./engine/node.js";
import {silent, type Progress} from "./engine/progress.js";
import {beginRun, endRun, followRecords, rememberRun, type Run} from "./engine/records.js";
import {snapshotOf, type Snapshot} from "./engine/snapshot.js";
import {copyWarehouse, openWarehouse, statePaths, workspaceKey} from "./engine/warehouse.js";
import {ingest} from "./ingest/ingest.js";
import type {BatchReport, IngestReport} from "./ingest/report.js";
import {publish, type PublishReport} from "./publish/publish.js";
import {showPath, type Workspace} from "./workspace.js";

export interface RefreshOptions {
  /** The numbers describe the end of this day (YYYY-MM-DD); default: the workspace's rule. */
  asOf?: string;
  /** Rebuild every table and partition. */
  full?: boolean;
  /** Build this table and what it reads, nothing else. */
  only?: string;
  /** Say what would be taken in; change nothing. */
  dryRun?: boolean;
  /** Try failed batches again although file and definition are the same. */
  retry?: boolean;
  /** Evaluate these audiences whatever their schedule; `true` means all. */
  evaluate?: string[] | true;
  progress?: Progress;
  /** By which deliveries fall due; default: the system's. */
  clock?: Clock;
}

export interface RefreshReport {
  runId: string;
  asOf: Date;
  seconds: number;
  /** Whether all that ran passed its checks: no failed batch, no failed or stale table, no failed audience. */
  ok: boolean;
  ingest: IngestReport;
  nodes: NodeReport[];
  /** The records of what was done are gone, or older than the warehouse: everything beside them was built again. */
  recordsLost?: boolean;
  /** Audiences that could not be evaluated, and keep the members that they had. */
  failedAudiences?: {audience: string; reason: string}[];
  /** What destinations were sent by their schedules. */
  deliveries?: ScheduledDelivery[];
  publish?: PublishReport;
}

/**
 * Brings a workspace up to date, under its lock: land, ingest, derive, publish; then leaves a snapshot for readers and
 * a row in the records. What fails its checks is reported, not thrown; the rest is still published.
 */
export async function refresh(workspace: Workspace, options: RefreshOptions = {}): Promise<RefreshReport> {
  const {progress = silent} = options;
  const {lock} = statePaths(workspace);
  return await withLock(
    lock,
    {waiting: (holder) => progress.note(`waiting for \`${holder.command}\` (process ${holder.pid})`)},
    async () => {
      if (options.dryRun) return await dryRun(workspace, options, progress);
      const database = await openWarehouse(workspace);
      try {
        return await recorded(database, workspace, options, progress);
      } finally {
        database.close();
      }
    }
  );
}

/** Takes in what has landed, into a copy of the warehouse that is then thrown away. */
async function dryRun(workspace: Workspace, {asOf, retry}: RefreshOptions, progress: Progress): Promise<RefreshReport> {
  const start = performance.now();
  const trial = copyWarehouse(workspace);
  try {
    const database = await openWarehouse(trial);
    try {
      await graph(database, trial, {});
      const {batches} = await ingest(database, trial, {progress, key: workspaceKey(trial), retry});
      return {
        runId: randomUUID(),
        asOf: await asOfInstant(database, trial, asOf),
        seconds: seconds(start),
        ok: batches.every((batch) => batch.outcome !== "failed"),
        ingest: {
          batches: batches.map((batch) => ({...batch, batch_id: known(batch) ? batch.batch_id : null})),
          changed: false
        },
        nodes: []
      };
    } finally {
      database.close();
    }
  } finally {
    rmSync(trial.warehouse, {recursive: true, force: true});
  }
}

function known({outcome}: BatchReport): boolean {
  return outcome === "unchanged" || outcome === "withdrawn";
}

async function recorded(
  database: Database,
  workspace: Workspace,
  options: RefreshOptions,
  progress: Progress
): Promise<RefreshReport> {
  const [runId, startedAt, start] = [randomUUID(), new Date(), performance.now()];
  const run = (status: string, report: Partial<RefreshReport>, error?: string): Run => ({
    run_id: runId,
    kind: "refresh",
    name: options.only ?? "refresh",
    status,
    rows: report.ingest?.batches.reduce((sum, batch) => sum + (batch.outcome === "new" ? batch.events : 0), 0) ?? 0,
    seconds: seconds(start),
    error,
    as_of: report.asOf ?? null,
    inputs: report.ingest?.batches.filter((batch) => batch.outcome === "new").map((batch) => batch.file),
    started_at: startedAt,
    finished_at: new Date()
  });
  await beginRun(database, run("running", {}));
  const recordsLost = await followRecords(database, runId);
  if (recordsLost) progress.warn(lost(workspace));
  const snapshot = snapshotOf(database, workspace);
  try {
    const report = {...(await steps(database, workspace, options, progress, runId, snapshot)), recordsLost};
    await endRun(database, run(report.ok ? "ok" : "failed checks", report, failures(report)));
    await snapshot.take();
    return {...report, seconds: seconds(start)};
  } catch (error) {
    progress.warn(`the last good state of ${showPath(workspace.warehouse)} stays as it is`);
    await endRun(database, run("failed", {}, String((error as Error)?.message ?? error))).catch(() => {});
    await snapshot.take().catch(() => {});
    throw error;
  }
}

async function steps(
  database: Database,
  workspace: Workspace,
  {asOf: day, full, only, retry, evaluate, clock}: RefreshOptions,
  progress: Progress,
  runId: string,
  snapshot: Snapshot
): Promise<RefreshReport> {
  const nodes = await graph(database, workspace, {evaluate});
  const taken = await ingest(database, workspace, {progress, key: workspaceKey(workspace), retry});
  const asOf = await asOfInstant(database, workspace, day);
  const built = await derive(database, workspace, nodes, {asOf, progress, runId, full, only});
  const failed = only === undefined ? await failedAudiences(database) : new Map<string, string>();
  const deliveries =
    only === undefined && day === undefined ? await runDue(database, workspace, {progress, clock}) : [];
  if (taken.changed || built.some(({status}) => status === "built")) await rememberRun(database, runId);
  // Publishing only reads the warehouse, and leaves the disk and half of the processor to the copy.
  snapshot.begin();
  const published = await publish(database, workspace, nodes, {asOf, progress});
  const ok =
    taken.batches.every((batch) => batch.outcome !== "failed") &&
    built.every((node) => node.status !== "failed" && node.status !== "stale") &&
    failed.size === 0 &&
    published.failures.length === 0;
  return {
    runId,
    asOf,
    seconds: 0,
    ok,
    ingest: taken,
    nodes: built,
    failedAudiences: [...failed].map(([audience, reason]) => ({audience, reason})),
    deliveries,
    publish: published
  };
}

/** What there is to build; made before anything is taken in, so that a mistake is found first. Throws DefinitionError. */
async function graph(
  database: Database,
  workspace: Workspace,
  {evaluate}: Pick<RefreshOptions, "evaluate">
): Promise<GraphNode[]> {
  const found = await Promise.allSettled([
    modelNodes(database, workspace),
    audienceNodes(database, workspace, {now: new Date(), evaluate})
  ]);
  const errors = found.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  const other = errors.find((error) => !(error instanceof DefinitionError));
  if (other) throw other;
  if (errors.length > 0) throw new DefinitionError(errors.flatMap((error) => (error as DefinitionError).mistakes));
  return [...found.flatMap((one) => (one.status === "fulfilled" ? one.value : [])), ...activationNodes(workspace)];
}

function lost(workspace: Workspace): string {
  const file = showPath(statePaths(workspace).records);
  return `${file} is gone, or older than the warehouse: past memberships and sends are not known; restore it from a backup and refresh, else audiences begin anew`;
}

function failures({ingest, nodes, failedAudiences = [], publish}: RefreshReport): string | undefined {
  const failed = [
    ...ingest.batches.filter((batch) => batch.outcome === "failed").map((batch) => `${batch.file}: ${batch.error}`),
    ...nodes.filter((node) => node.status === "failed").map((node) => `${node.name}: ${node.error}`),
    ...failedAudiences.map(({audience, reason}) => `audience ${audience}: ${reason}`),
    ...(publish?.failures ?? []).map(({message}) => message)
  ];
  return failed.length > 0 ? failed.join("\n") : undefined;
}

function seconds(start: number): number {
  return Math.round(performance.now() - start) / 1000;
}
