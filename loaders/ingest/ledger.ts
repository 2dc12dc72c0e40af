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

/** The batches that still count, newest last. */
export async function currentBatches(database: Database): Promise<Batch[]> {
  return database.rows<Batch>("from landing.batches where status <> 'withdrawn' order by batch_id");
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

/** The hash of each file whose stamp was seen before: `source/file/size/modified/inode` → sha256. */
export async function knownHashes(database: Database): Promise<Map<string, string>> {
  const rows = await database.rows<{
    source: string;
    file: string;
    size: number;
    modified_ns: string;
    inode: string;
    sha256: string;
  }>("from landing.files");
  return new Map(rows.map((row) => [stampKey(row.source, {...row, modified: row.modified_ns}), row.sha256]));
}

export function stampKey(source: string, {file, size, modified, inode}: Omit<LandedFile, "path">): string {
  return JSON.stringify([source, file, size, modified, inode]);
}

export async function rememberHash(
  database: Database,
  source: string,
  landed: LandedFile,
  sha256: string
): Promise<void> {
  await database.run("delete from landing.files where source = $source and file = $file", {source, file: landed.file});
  await database.run("insert into landing.files values ($source, $file, $size, $modified, $inode, $sha256)", {
    source,
    file: landed.file,
    size: landed.size,
    modified: landed.modified,
    inode: landed.inode,
    sha256
  });
}
