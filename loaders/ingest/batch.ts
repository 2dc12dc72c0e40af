import {quoteText, type Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import {readBytes} from "./bytes.js";
import type {CompiledSource} from "./compile.js";
import {appendEvents} from "./duplicates.js";
import {IngestError} from "./errors.js";
import {assignIdentities} from "./identities.js";
import {recordBatch, recordChange, type Batch} from "./ledger.js";
import {fileStamp, type LandedFile} from "./listing.js";
import {delimitedReader, formatOf, structuredReader, type Reader} from "./readers.js";
import {stageFile} from "./stage.js";

export interface BatchContext {
  database: Database;
  workspace: Workspace;
  compiled: CompiledSource;
  properties: Map<string, string>;
  key: string;
  batchId: number;
  landed: LandedFile;
  startedAt: Date;
}

/** A file found ready to be taken in: its hash, and how the engine reads it. */
export interface Opened {
  sha256: string;
  bytes: number;
  reader: Reader;
}

/** The byte pass over a landed file, and the reader made from what it found. */
export async function openFile({database, compiled, landed}: BatchContext): Promise<Opened> {
  const {format, gzip} = formatOf(landed.file, compiled.source.format);
  const pass = await readBytes(landed.path, gzip);
  const after = fileStamp(landed.path);
  if (!after || after.size !== landed.size || after.modified !== landed.modified || after.inode !== landed.inode) {
    throw new IngestError("file_changing", "the file changed while it was read");
  }
  if (pass.textBytes === 0) throw new IngestError("empty_file", "the file is empty");
  const head = pass.head.toString("utf8").replace(/^\uFEFF/, "");
  const reader =
    format === "csv" || format === "tsv"
      ? delimitedReader(landed.path, head, format, compiled.source, gzip)
      : await structuredReader(database, landed.path, format, compiled.source, gzip);
  return {sha256: pass.sha256, bytes: pass.bytes, reader};
}

/** Reads, checks and appends one file inside the caller's transaction; throws IngestError where it is refused. */
export async function takeIn(context: BatchContext, opened: Opened): Promise<Batch> {
  const {database, compiled, batchId, landed, startedAt, key, properties} = context;
  const {rows, rejected} = await stageFile(database, compiled, opened.reader, landed.file, startedAt);
  await keepRejects(context, opened.reader);
  const {max_percent, max_count} = compiled.source.rejects;
  if (rejected > (max_count ?? Infinity) || (rows > 0 && (100 * rejected) / rows > max_percent)) {
    const most = rejected > (max_count ?? Infinity) ? `${max_count} rows` : `${max_percent} %`;
    throw new IngestError("too_many_rejects", `${rejected} of ${rows} rows were refused, more than ${most}`);
  }
  await assignIdentities(database, compiled, batchId, key);
  const {earliest, ...counts} = await appendEvents(database, compiled, {
    batchId,
    sha256: opened.sha256,
    arrival: startedAt,
    properties
  });
  const batch: Batch = {
    ...ledgerRow(context, opened),
    rows,
    rejected,
    ...counts,
    status: "loaded"
  };
  await recordBatch(database, batch);
  await recordChange(database, batchId, earliest);
  return batch;
}

/** A ledger row with everything known before the rows are read. */
export function ledgerRow(context: BatchContext, opened?: Partial<Opened>): Batch {
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

/** Copies the temporary table `refused` into `landing.rejects`. */
export async function keepRejects({database, compiled, batchId, landed}: BatchContext, reader: Reader): Promise<void> {
  const names = reader.fields.map(quoteText).join(", ");
  await database.run(
    `insert into landing.rejects
     select $batchId::integer, $source, $file, _at + 1 + ${reader.linesBefore}, column_name, value, code, message,
       to_json(map([${names}], _raw))::varchar
     from refused order by _at, column_name, code`,
    {batchId, source: compiled.source.id, file: landed.file}
  );
}
