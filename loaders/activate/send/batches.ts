import {createHash} from "node:crypto";
import type {Database} from "../../engine/database.js";
import type {Action, Row} from "../destination.js";

/** A batch of the rows planned. */
export interface PlannedBatch {
  batch: number;
  /** The place of its first row. */
  first: number;
  /** What it is called at the destination: the same for the same rows, also when a crash made another plan of them. */
  key: string;
  rows: Row[];
}

type Planned = {batch: number; place: number; action: Action; send_id: string; fields: Record<string, unknown>};

// Small batches are read together, the next ones while these are sent: so many rows keep nobody waiting.
const together = 1000;

/**
 * Reads `sending_rows` batch by batch, in their order: undefined after the last. May be asked by several at once; holds
 * no more than two readings.
 */
export function readBatches(
  database: Database,
  {batches, batchSize, lineage}: {batches: number; batchSize: number; lineage: string}
): () => Promise<PlannedBatch | undefined> {
  const step = Math.max(1, Math.floor(together / batchSize));
  const read = (from: number) => {
    const made = from < batches ? readSome(database, from * batchSize, (from + step) * batchSize, lineage) : Promise.resolve([]); // prettier-ignore
    made.catch(() => {});
    return made;
  };
  let [from, current, following] = [step, read(0), undefined as Promise<PlannedBatch[]> | undefined];
  const take = async (): Promise<PlannedBatch | undefined> => {
    const some = await current;
    // One connection does one thing at a time: the next are read when these are there.
    following ??= read(from);
    const found = some.shift();
    if (found || from >= batches) return found;
    [from, current, following] = [from + step, following, undefined];
    return await take();
  };
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const result = last.then(take);
    last = result.catch(() => {});
    return result;
  };
}

async function readSome(database: Database, from: number, to: number, lineage: string): Promise<PlannedBatch[]> {
  const where = "where place >= $from and place < $to";
  const hashes = await database.rows<{batch: number; hash: string}>(
    `select batch, sha256(string_agg(action || chr(31) || key || chr(31) || content_hash, chr(30) order by place)) as hash
     from sending_rows ${where} group by batch order by batch`,
    {from, to}
  );
  const rows = await database.rows<Planned>(
    `select batch, place, action, send_id, fields from sending_rows ${where} order by place`,
    {from, to}
  );
  let at = 0;
  return hashes.map(({batch, hash}) => {
    const first = at;
    while (at < rows.length && rows[at]!.batch === batch) ++at;
    return {
      batch,
      first: rows[first]!.place,
      key: createHash("sha256").update(`${lineage}/${hash}`).digest("hex").slice(0, 32),
      rows: rows.slice(first, at).map(({action, send_id, fields}) => ({action, sendId: send_id, fields}))
    };
  });
}
