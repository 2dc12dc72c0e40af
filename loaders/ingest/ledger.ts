import type {Database} from "../engine/database.js";
import type {LandedFile} from "./listing.js";

/** A row of `landing.batches`. */
export interface Batch {
  batch_id: number;
  source: string;
  file: string;
  sha256: string | null;
  definition_hash: string;
  bytes: number;
  rows: number;
  loaded: number;
  rejected: number;
  duplicates: number;
  skipped: number;
  events: number;
  /** `loaded`, `failed`, `withdrawn` or `duplicate_file`. */
  status: string;
  error: string | null;
  started_at: Date;
}

/** A source's batches that still count, newest last. */
export async function sourceBatches(database: Database, source: string): Promise<Batch[]> {
  return database.rows<Batch>(
    "from landing.batches where source = $source and status <> 'withdrawn' order by batch_id",
    {source}
  );
}

/** Takes a batch out of the count: its ledger row stays, its refused rows go. */
export async function retireBatch(database: Database, batchId: number): Promise<void> {
  await database.run("delete from landing.rejects where batch_id = $batchId", {batchId});
  await database.run("update landing.batches set status = 'withdrawn' where batch_id = $batchId", {batchId});
}

export async function nextBatchId(database: Database): Promise<number> {
  return (await database.value<number>("select coalesce(max(batch_id), 0) + 1 from landing.batches"))!;
}

/** Writes a batch into the ledger; throws where its rows do not add up. */
export async function recordBatch(database: Database, batch: Batch): Promise<void> {
  const {rows, loaded, rejected, duplicates, skipped} = batch;
  if (rows !== loaded + rejected + duplicates + skipped) {
    throw new Error(
      `rows do not add up in ${batch.file}: ${rows} <> ${loaded} loaded + ${rejected} rejected + ${duplicates} duplicates + ${skipped} skipped`
    );
  }
  await database.run(
    `insert into landing.batches values ($batch_id, $source, $file, $sha256, $definition_hash, $bytes, $rows, $loaded,
       $rejected, $duplicates, $skipped, $events, $status, $error, $started_at, $finished_at)`,
    {...batch, finished_at: new Date()}
  );
}

/** Notes that events from `earliest` on were added or withdrawn. */
export async function recordChange(database: Database, batchId: number, earliest: Date | null): Promise<void> {
  if (earliest === null) return;
  await database.run(
    `insert into landing.changes
     select coalesce(max(change_id), 0) + 1, $batchId::integer, $earliest::timestamp from landing.changes`,
    {batchId, earliest}
  );
}

/** The hashes of a source's files by the stamp under which they were read. */
export async function knownHashes(database: Database, source: string): Promise<Map<string, string>> {
  const rows = await database.rows<Omit<LandedFile, "path"> & {sha256: string}>(
    "select file, size, modified_ns as modified, inode, sha256 from landing.files where source = $source",
    {source}
  );
  return new Map(rows.map((row) => [stampKey(row), row.sha256]));
}

/** What is the same as long as a file is, so that it need not be read. */
export function stampKey({file, size, modified, inode}: Omit<LandedFile, "path">): string {
  return JSON.stringify([file, size, modified, inode]);
}

export async function rememberHash(
  database: Database,
  source: string,
  landed: LandedFile,
  sha256: string
): Promise<void> {
  const {file, size, modified, inode} = landed;
  await database.run("delete from landing.files where source = $source and file = $file", {source, file});
  await database.run("insert into landing.files values ($source, $file, $size, $modified, $inode, $sha256)", {
    source,
    file,
    size,
    modified,
    inode,
    sha256
  });
}
