import type {Database} from "../../engine/database.js";
import {DeliveryError, type Action, type Row, type RowDestination} from "../destination.js";
import type {Journal} from "../ledger/journal.js";

export interface SendRows {
  database: Database;
  destination: RowDestination;
  journal: Journal;
  batches: number;
  audience: string;
  campaign?: string;
  /** Makes a batch's key from its number and rows. */
  keyOf(batch: number): Promise<string>;
  signal?: AbortSignal;
  progress(done: number): void;
}

// A destination that fails so often in a row is down: the others of this delivery are left for the next one.
const patience = 3;

/**
 * Sends the rows planned, as many batches at once as the destination takes; each is written down before it is sent and
 * when it is answered. Returns why it ended before its end, if it did.
 */
export async function sendRows(sending: SendRows): Promise<Error | undefined> {
  const {destination, journal, batches, signal} = sending;
  const read = serially();
  let [next, done, failures] = [0, 0, 0];
  let ended: Error | undefined;
  const worker = async () => {
    while (!ended && !signal?.aborted && next < batches) {
      const batch = next++;
      const {rows, first} = await read(() => rowsOf(sending.database, batch));
      const key = await read(() => sending.keyOf(batch));
      await journal.intend(batch);
      try {
        const refusals = await destination.deliver({key, audience: sending.audience, campaign: sending.campaign, rows});
        await journal.answer(batch, first, {state: "acknowledged", refusals});
        failures = 0;
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        await journal.answer(batch, first, {state: error.failure, code: error.code, message: error.message});
        if (error.isFinal || (error.failure !== "refused" && ++failures >= patience)) ended = error;
      }
      sending.progress(++done);
    }
  };
  const settled = await Promise.allSettled(Array.from({length: destination.concurrency}, worker));
  const broken = settled.find((one) => one.status === "rejected");
  if (broken) throw broken.reason;
  return ended ?? (signal?.aborted && next < batches ? new Error("interrupted") : undefined);
}

async function rowsOf(database: Database, batch: number): Promise<{rows: Row[]; first: number}> {
  const found = await database.rows<{place: number; action: Action; send_id: string; fields: Record<string, unknown>}>(
    "select place, action, send_id, fields from sending_rows where batch = $batch order by place",
    {batch}
  );
  return {first: found[0]!.place, rows: found.map(({action, send_id, fields}) => ({action, sendId: send_id, fields}))};
}

// Temporary tables belong to one connection, and that does one thing at a time.
function serially(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}
