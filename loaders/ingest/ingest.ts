import type {Database} from "../engine/database.js";
import type {Progress} from "../engine/progress.js";
import {bumpVersion} from "../engine/versions.js";
import type {Workspace} from "../workspace.js";
import {keepRejects, ledgerRow, openFile, takeIn, type BatchContext, type Opened} from "./batch.js";
import {compileSource, type CompiledSource} from "./compile.js";
import {meritSql, withdrawBatch} from "./duplicates.js";
import {IngestError} from "./errors.js";
import {
  currentBatches,
  knownHashes,
  nextBatchId,
  recordBatch,
  recordChange,
  rememberHash,
  stampKey,
  type Batch
} from "./ledger.js";
import {listLanding, matchesGlob, type LandedFile} from "./listing.js";
import {createTables, propertiesType} from "./tables.js";

/** One row of `landing.batches`, as a refresh reports it. */
export interface BatchReport {
  batch_id: number | null;
  source: string;
  file: string;
  /** `new`: taken in now; `unchanged`: known already; `failed`; `withdrawn`: replaced by other bytes; `waiting`: still being written. */
  outcome: "new" | "unchanged" | "failed" | "withdrawn" | "waiting";
  rows: number;
  loaded: number;
  rejected: number;
  duplicates: number;
  skipped: number;
  events: number;
  error?: string;
}

export interface IngestReport {
  batches: BatchReport[];
  /** Whether any table changed. */
  changed: boolean;
}

export interface IngestOptions {
  progress: Progress;
  /** The workspace's secret, for identity ids. */
  key: string;
  /** Say what would happen; change nothing. */
  dryRun?: boolean;
  /** Try failed batches again although file and definition are the same. */
  retry?: boolean;
}

/** Takes in what has landed: every new or changed file of every source, each in a transaction of its own. */
export async function ingest(database: Database, workspace: Workspace, options: IngestOptions): Promise<IngestReport> {
  const properties = propertiesType(workspace.sources);
  let changed = await createTables(database, properties);
  const landed = listLanding(workspace.landing);
  const known = await knownHashes(database);
  const reports: BatchReport[] = [];
  for (const source of workspace.sources) {
    const compiled = await compileSource(database, workspace, source);
    const globs = source.files ?? [`${source.id}/*`];
    const files = landed.filter(({file}) => globs.some((glob) => matchesGlob(file, glob)));
    const before = (await currentBatches(database)).filter((batch) => batch.source === source.id);
    for (const file of files) {
      const sha = known.get(stampKey(source.id, file));
      const same = before.find(
        (batch) => batch.file === file.file && batch.sha256 === sha && batch.definition_hash === compiled.hash
      );
      if (sha && same && (same.status !== "failed" || !options.retry)) {
        reports.push(report(same, "unchanged"));
        continue;
      }
      const outcome = await take(database, workspace, compiled, properties, file, before, options);
      reports.push(...outcome);
      changed ||= outcome.some((one) => one.outcome === "new" || one.outcome === "withdrawn");
    }
  }
  if (changed) for (const table of ["core.events", "core.identities"]) await bumpVersion(database, table);
  return {batches: reports, changed};
}

async function take(
  database: Database,
  workspace: Workspace,
  compiled: CompiledSource,
  properties: Map<string, string>,
  landed: LandedFile,
  before: Batch[],
  {key, progress}: IngestOptions
): Promise<BatchReport[]> {
  const batchId = await nextBatchId(database);
  const context: BatchContext = {
    database,
    workspace,
    compiled,
    properties,
    key,
    batchId,
    landed,
    startedAt: new Date()
  };
  progress.step(`taking in ${landed.file}`);
  const earlier = before.filter((batch) => batch.file === landed.file);
  let opened: Opened | undefined;
  try {
    opened = await openFile(context);
    const {sha256} = opened;
    const batch = await database.transaction(async () => {
      for (const old of earlier) {
        const time = await withdrawBatch(database, old.source, old.batch_id, meritSql(compiled));
        await recordChange(database, batchId, time);
      }
      const taken = await takeIn(context, opened!);
      await rememberHash(database, compiled.source.id, landed, sha256);
      return taken;
    });
    return [...earlier.map((old) => report(old, "withdrawn")), report(batch, "new")];
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    if (error.code === "file_changing") return [report({...ledgerRow(context), error: error.message}, "waiting")];
    const batch = {...ledgerRow(context, opened), error: `${error.code}: ${error.message}`};
    await database.transaction(async () => {
      await recordBatch(database, batch);
      if (opened) await rememberHash(database, compiled.source.id, landed, opened.sha256);
    });
    void keepRejects;
    return [report(batch, "failed")];
  }
}

function report(batch: Batch, outcome: BatchReport["outcome"]): BatchReport {
  const {batch_id, source, file, rows, loaded, rejected, duplicates, skipped, events, error} = batch;
  return {batch_id, source, file, outcome, rows, loaded, rejected, duplicates, skipped, events, ...(error && {error})};
}
