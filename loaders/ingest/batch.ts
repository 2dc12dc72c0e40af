import {mkdirSync, rmSync} from "node:fs";
import {join} from "node:path";
import type {Database} from "../engine/database.js";
import type {Progress} from "../engine/progress.js";
import {statePaths} from "../engine/warehouse.js";
import {toLocalSql} from "../engine/zones.js";
import type {Workspace} from "../workspace.js";
import {readBytes, type BytePass} from "./bytes.js";
import type {CompiledSource} from "./compile.js";
import {appendEvents} from "./duplicates.js";
import {engineFault, IngestError} from "./errors.js";
import {assignIdentities} from "./identities.js";
import {recordBatch, recordChange, type Batch} from "./ledger.js";
import {physicalLine} from "./lines.js";
import {fileStamp, type LandedFile} from "./listing.js";
import {appendLookup} from "./lookups.js";
import {matchColumns} from "./match.js";
import type {Moves} from "./moves.js";
import {dialectOf, formatOf, isDelimited, openReader, type Reader} from "./readers.js";
import {stageFile, type Staged} from "./stage.js";

/** Everything that taking in one file needs. */
export interface BatchContext {
  database: Database;
  workspace: Workspace;
  compiled: CompiledSource;
  properties: Map<string, string>;
  key: string;
  batchId: number;
  /** Of the transaction that the file is taken in by. */
  moves: Moves;
  landed: LandedFile;
  startedAt: Date;
  progress: Progress;
}

/** A landed file whose bytes have been read to the end. */
export interface OpenFile extends BytePass {
  /** Set once the engine knows how to read it. */
  reader?: Reader;
  /** Removes the scratch copy, if there is one. */
  close(): void;
}

/** The byte pass. Throws IngestError `waiting` for a file that changes, `unreadable` for one that cannot be read. */
export async function openFile({workspace, compiled, landed}: Omit<BatchContext, "batchId">): Promise<OpenFile> {
  const {source} = compiled;
  const {format, gzip} = formatOf(landed.file, source.format);
  const folder = statePaths(workspace).scratch;
  mkdirSync(folder, {recursive: true});
  const scratch = join(folder, `landed-${process.pid}.txt`);
  const close = () => rmSync(scratch, {force: true});
  try {
    const pass = await readBytes(landed.path, {
      gzip: gzip && format !== "parquet",
      encoding: format === "parquet" ? undefined : source.encoding,
      scratch,
      dialect: isDelimited(format) ? (head) => dialectOf(source, format, head) : undefined,
      closing: format === "json" ? "]" : undefined
    });
    const now = fileStamp(landed.path);
    if (now?.size !== landed.size || now.modified !== landed.modified || now.inode !== landed.inode) {
      throw new IngestError("waiting", "the file changed while it was read: left for the next run");
    }
    return {...pass, close};
  } catch (error) {
    close();
    throw error;
  }
}

/** Reads and checks an open file into the temporary tables; throws IngestError where the batch fails. */
export async function stage(context: BatchContext, opened: OpenFile): Promise<Staged> {
  const {database, compiled, landed, startedAt, progress} = context;
  const {source} = compiled;
  await database.run("drop table if exists staged; drop table if exists refused");
  if (opened.error) throw opened.error;
  const {format} = formatOf(landed.file, source.format);
  let reader: Reader;
  try {
    reader = opened.reader = await openReader(database, source, format, opened.text);
    await matchColumns(database, source, reader, landed.file, progress);
  } catch (error) {
    throw engineFault(error);
  }
  const staged = await stageFile(database, compiled, reader, {file: landed.file, arrival: startedAt});
  const {max_percent, max_count = Infinity} = source.rejects;
  const {rows, rejected} = staged;
  if (rejected > max_count || (rows > 0 && (100 * rejected) / rows > max_percent)) {
    const most = rejected > max_count ? `${max_count} rows` : `${max_percent}%`;
    const first = await commonestReason(database);
    const message = `${rejected} of ${rows} rows were refused, more than the ${most} of \`rejects\` in ${source.file}${first}`;
    throw new IngestError("too_many_rejects", message, staged);
  }
  return staged;
}

/** What most of the refused rows have in common: a setting of the source is wrong more often than every row. */
async function commonestReason(database: Database): Promise<string> {
  const reason = await database.row<{code: string; column_name: string; message: string; rows: number}>(
    `select code, coalesce(column_name, '') as column_name, any_value(message order by message) as message,
       count(distinct ordinal)::integer as rows
     from refused group by all order by rows desc, code, column_name limit 1`
  );
  if (!reason) return "";
  return `; ${reason.rows} of them for ${reason.code}${reason.column_name && ` in ${reason.column_name}`}: ${reason.message}`;
}

/** Appends what was staged, inside the caller's transaction. */
export async function load(
  context: BatchContext,
  opened: OpenFile,
  {rows, rejected, firstRow}: Staged
): Promise<Batch> {
  const {database, workspace, compiled, batchId, startedAt, key, properties, moves} = context;
  let counts;
  if (compiled.source.kind === "lookup") counts = await appendLookup(database, compiled, batchId);
  else {
    const good = rows - rejected;
    await assignIdentities(database, compiled, {batchId, key, good});
    counts = await appendEvents(database, compiled, {
      batchId,
      good,
      sha256: opened.sha256,
      arrival: startedAt,
      firstRow,
      properties,
      localSql: (time) => toLocalSql(time, workspace.time_zone)
    });
  }
  const {earliest, moved, ...rest} = counts;
  moves.note({removed: moved, added: (rows - rejected) * compiled.events.length});
  const batch: Batch = {...ledgerRow(context, opened), rows, rejected, ...rest, status: "loaded"};
  if (rejected > 0) await keepRejects(context, opened);
  await recordBatch(database, batch);
  await recordChange(database, batchId, earliest);
  return batch;
}

/** A ledger row with everything that is known before the rows are read. */
export function ledgerRow(context: BatchContext, opened?: Pick<OpenFile, "sha256" | "bytes">): Batch {
  const {compiled, batchId, landed, startedAt} = context;
  return {
    batch_id: batchId,
    source: compiled.source.id,
    file: landed.file,
    sha256: opened?.sha256 ?? null,
    definition_hash: compiled.hash,
    bytes: opened?.bytes ?? landed.size,
    rows: 0,
    loaded: 0,
    rejected: 0,
    duplicates: 0,
    skipped: 0,
    events: 0,
    status: "failed",
    error: null,
    started_at: startedAt
  };
}

/** Copies the temporary table `refused` into `landing.rejects`, with the line as an editor counts it where possible. */
export async function keepRejects(
  {database, compiled, batchId, landed}: BatchContext,
  opened: OpenFile
): Promise<void> {
  const {reader} = opened;
  if (!reader) return;
  const line = await physicalLine(reader, opened.text.quotedNewline);
  await database.run(
    `insert into landing.rejects
     select $batchId::integer, $source, $file, ${line("ordinal")}, nullif(column_name, ''), value, code, message, raw
     from refused order by ordinal, column_name, code`,
    {batchId, source: compiled.source.id, file: landed.file}
  );
}
