import type {Database} from "../engine/database.js";
import {closeRowGroups, nearlyFullGroup, spareRowGroups} from "../engine/rowGroups.js";
import {bumpVersion} from "../engine/versions.js";
import type {Source, Workspace} from "../workspace.js";
import {keepRejects, ledgerRow, load, openFile, stage, type BatchContext, type OpenFile} from "./batch.js";
import {compileSource, type CompiledSource} from "./compile.js";
import {decide, type Decision} from "./decide.js";
import {meritSql, withdrawEvents} from "./duplicates.js";
import {IngestError} from "./errors.js";
import {withdrawIdentities} from "./identities.js";
import {
  knownHashes,
  nextBatchId,
  recordBatch,
  recordChange,
  rememberHash,
  retireBatch,
  sourceBatches,
  stampKey,
  type Batch
} from "./ledger.js";
import {matchesGlob, type LandedFile} from "./listing.js";
import {withdrawLookup} from "./lookups.js";
import {Moves} from "./moves.js";
import {createDailyRates} from "./rates.js";
import type {BatchReport, IngestOptions} from "./report.js";

export interface IngestRun {
  database: Database;
  workspace: Workspace;
  properties: Map<string, string>;
  landed: LandedFile[];
  options: IngestOptions;
}

/** Takes in the files of one source that are new or changed. */
export async function ingestSource(run: IngestRun, source: Source): Promise<BatchReport[]> {
  const compiled = await compileSource(run.database, run.workspace, source);
  if (compiled.events.some((event) => event.exchange)) {
    await createDailyRates(run.database, new Date(Date.now() + 2 * 86_400_000));
  }
  return new SourceIngest(run, compiled).run();
}

class SourceIngest {
  private readonly reports: BatchReport[] = [];
  private ledger: Batch[] = [];
  private readonly readAgain = new Set<string>();

  constructor(
    private readonly context: IngestRun,
    private readonly compiled: CompiledSource
  ) {}

  async run(): Promise<BatchReport[]> {
    const {database, landed} = this.context;
    const {source} = this.compiled;
    const globs = source.files ?? [`${source.id}/*`];
    const files = landed.filter(({file}) => globs.some((glob) => matchesGlob(file, glob)));
    const known = await knownHashes(database, source.id);
    this.ledger = await sourceBatches(database, source.id);
    const hashes = new Map(files.map((file) => [file.file, known.get(stampKey(file))]));
    const again: {file: LandedFile; decision: Decision}[] = [];
    const rest: LandedFile[] = [];
    for (const file of files) {
      const decision = this.decide(file, hashes.get(file.file), hashes);
      if (decision?.action === "again") again.push({file, decision});
      else rest.push(file);
    }
    await this.takeAgain(again);
    // Files under known names first: whether a new name is only a copy depends on what they hold now.
    const names = new Set(this.ledger.filter(({status}) => status === "loaded").map(({file}) => file));
    for (const file of rest) if (names.has(file.file)) await this.take(file, hashes);
    for (const file of rest) if (!names.has(file.file)) await this.take(file, hashes);
    this.reportGone(files);
    return this.reports;
  }

  private decide(file: LandedFile, sha256: string | undefined, hashes: Map<string, string | undefined>) {
    const {source, hash} = this.compiled;
    return sha256 === undefined
      ? undefined
      : decide({file: file.file, sha256, hash, source, ledger: this.ledger, hashes, retry: this.context.options.retry});
  }

  /** One file: the byte pass where its hash is not known, then what the ledger says. */
  private async take(file: LandedFile, hashes: Map<string, string | undefined>): Promise<void> {
    let decision = this.decide(file, hashes.get(file.file), hashes);
    if (decision?.action === "keep") return this.report(decision.batch, "unchanged", decision.note);
    const context = await this.begin(file);
    let opened: OpenFile | undefined;
    try {
      opened = await openFile(context);
      hashes.set(file.file, opened.sha256);
      decision ??= this.decide(file, opened.sha256, hashes)!;
      if (decision.action === "again") return await this.takeAgain([{file, decision}]);
      if (decision.action === "keep") {
        await this.context.database.transaction(() =>
          rememberHash(this.context.database, context.compiled.source.id, file, opened!.sha256)
        );
        return this.report(decision.batch, "unchanged", decision.note);
      }
      if (decision.action === "copy") return await this.recordCopy(context, opened, decision);
      const staged = await stage(context, opened);
      const {replaces} = decision;
      const events = (staged.rows - staged.rejected) * this.compiled.events.length;
      const isLarge = replaces.length > 0 || events >= nearlyFullGroup;
      const batch = await this.change(context.moves, isLarge, () =>
        this.replace(context, replaces, () => load(context, opened!, staged), opened!)
      );
      for (const old of replaces) if (old.status === "loaded") this.report(old, "withdrawn");
      this.report(batch, "new");
    } catch (error) {
      if (!(error instanceof IngestError)) throw error;
      await this.fail(context, opened, error);
    } finally {
      opened?.close();
    }
  }

  /** Every file that was taken in under another definition, in one transaction: all of them or none. */
  private async takeAgain(files: {file: LandedFile; decision: Decision}[]): Promise<void> {
    if (files.length === 0) return;
    const blocked = files.find(({decision}) => decision.blocked);
    if (blocked) {
      const note = `kept as taken in under the earlier definition: ${blocked.file.file} fails under the new one`;
      for (const {decision} of files) this.report(decision.batch, "unchanged", decision.blocked?.error ?? note);
      return;
    }
    let failed: {context: BatchContext; error: IngestError} | undefined;
    const taken: Batch[] = [];
    const moves = new Moves();
    try {
      await this.change(moves, true, async () => {
        for (const {decision} of files) {
          for (const old of decision.replaces) await this.withdraw(old, old.batch_id, moves);
        }
        for (const {file} of files) {
          const context = await this.begin(file, moves);
          let opened: OpenFile | undefined;
          try {
            opened = await openFile(context);
            taken.push(
              await this.replace(context, [], async () => load(context, opened!, await stage(context, opened!)), opened)
            );
          } catch (error) {
            if (error instanceof IngestError) failed = {context, error};
            throw error;
          } finally {
            opened?.close();
          }
        }
      });
    } catch (error) {
      if (!failed || error !== failed.error) throw error;
      // It may be readable after all, in another way than the transaction had tried.
      if (!(await this.readAlone(failed.context, failed.error))) return this.takeAgain(files);
      const note = `kept as taken in under the earlier definition: ${failed.context.landed.file} fails under the new one`;
      for (const {file, decision} of files) {
        if (file !== failed.context.landed) this.report(decision.batch, "unchanged", note);
      }
      return;
    }
    for (const {decision} of files) for (const old of decision.replaces) this.report(old, "withdrawn");
    for (const batch of taken) this.report(batch, "new");
  }

  /**
   * The refused rows went with the transaction: reads the failing file once more, alone, to keep them. Returns the fault,
   * or undefined where there is none.
   */
  private async readAlone(context: BatchContext, error: IngestError): Promise<IngestError | undefined> {
    let opened: OpenFile | undefined;
    const {file} = context.landed;
    try {
      opened = await openFile(context);
      await stage(context, opened);
      if (error.code === "unreadable" && !this.readAgain.has(file)) {
        this.readAgain.add(file);
        return undefined;
      }
    } catch (again) {
      if (!(again instanceof IngestError)) throw again;
    }
    await this.fail(context, opened, error);
    opened?.close();
    return error;
  }

  /** One transaction on the events. `isLarge`: a full row group or nearly so may be put in by one statement. */
  private async change<T>(moves: Moves, isLarge: boolean, work: () => Promise<T>): Promise<T> {
    const {database} = this.context;
    if (isLarge) await closeRowGroups(database);
    return await database.transaction(async () => {
      const done = await work();
      await moves.finish(database);
      return done;
    });
  }

  private async replace(
    context: BatchContext,
    replaces: Batch[],
    work: () => Promise<Batch>,
    opened: OpenFile
  ): Promise<Batch> {
    const {database} = this.context;
    for (const old of replaces) await this.withdraw(old, context.batchId, context.moves);
    const batch = await work();
    await rememberHash(database, batch.source, context.landed, opened.sha256);
    await this.bump();
    this.ledger = this.ledger.filter((old) => !replaces.includes(old)).concat(batch);
    return batch;
  }

  private async withdraw(batch: Batch, cause: number, moves: Moves): Promise<void> {
    const {database} = this.context;
    const {source} = this.compiled;
    if (batch.status === "loaded") {
      if (source.kind === "lookup") await withdrawLookup(database, source, batch.batch_id);
      else {
        await withdrawIdentities(database, batch.batch_id);
        const {batch_id, events, duplicates} = batch;
        const {earliest, promoted} = await withdrawEvents(database, source.id, batch_id, meritSql(this.compiled));
        moves.note({removed: events + duplicates + promoted, added: promoted});
        await recordChange(database, cause, earliest);
      }
    }
    await retireBatch(database, batch.batch_id);
  }

  private async fail(context: BatchContext, opened: OpenFile | undefined, error: IngestError): Promise<void> {
    const row = ledgerRow(context, opened);
    if (error.code === "waiting") return this.report({...row, error: error.message}, "waiting");
    const {rows, rejected} = error.read;
    // What would have been loaded is not: in the ledger of a failed batch these rows count as skipped.
    const batch = {...row, rows, rejected, skipped: rows - rejected, error: `${error.code}: ${error.message}`};
    const earlier = this.ledger.filter((old) => old.file === batch.file && old.status === "failed");
    const same = earlier.find((old) => !old.sha256 && !batch.sha256 && old.error === batch.error);
    if (same) return this.report(same, "unchanged");
    await this.context.database.transaction(async () => {
      for (const old of earlier) await this.withdraw(old, batch.batch_id, context.moves);
      await recordBatch(context.database, batch);
      if (rejected > 0) await keepRejects(context, opened!);
      if (opened) await rememberHash(context.database, batch.source, context.landed, opened.sha256);
    });
    this.report(batch, "failed");
  }

  private async recordCopy(context: BatchContext, opened: OpenFile, {batch, replaces}: Decision): Promise<void> {
    const note = `the same bytes as ${batch.file}: nothing to take in`;
    const copy = {...ledgerRow(context, opened), status: "duplicate_file", error: note};
    await this.change(context.moves, replaces.length > 0, () =>
      this.replace(context, replaces, async () => (await recordBatch(context.database, copy), copy), opened)
    );
    this.report(copy, "unchanged");
  }

  private async bump(): Promise<void> {
    const {source} = this.compiled;
    const tables =
      source.kind === "lookup" ? [`core.${source.table ?? source.id}`] : ["core.events", "core.identities"];
    await bumpVersion(this.context.database, ...tables);
  }

  private async begin(landed: LandedFile, moves = new Moves()): Promise<BatchContext> {
    const {database, workspace, properties, options} = this.context;
    options.progress.step(`taking in ${landed.file}`);
    const batchId = await nextBatchId(database);
    await spareRowGroups(database, batchId);
    return {
      database,
      workspace,
      compiled: this.compiled,
      properties,
      key: options.key,
      batchId,
      moves,
      landed,
      startedAt: new Date(),
      progress: options.progress
    };
  }

  private reportGone(files: LandedFile[]): void {
    const present = new Set(files.map(({file}) => file));
    for (const batch of this.ledger) {
      if (batch.status !== "loaded" || present.has(batch.file)) continue;
      this.report(batch, "unchanged", "the file is gone from the landing folder: its events are kept");
    }
  }

  private report(batch: Batch, outcome: BatchReport["outcome"], note?: string): void {
    const {batch_id, source, file, rows, loaded, rejected, duplicates, skipped, events} = batch;
    const error = note ?? batch.error;
    this.reports.push({
      batch_id,
      source,
      file,
      outcome,
      rows,
      loaded,
      rejected,
      duplicates,
      skipped,
      events,
      ...(error && {error})
    });
  }
}
