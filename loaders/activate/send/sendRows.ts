import {DeliveryError, type RowDestination} from "../destination.js";
import type {Journal} from "../ledger/journal.js";
import type {PlannedBatch} from "./batches.js";

export interface SendRows {
  destination: RowDestination;
  journal: Journal;
  /** Gives the batches, one after the other. */
  next(): Promise<PlannedBatch | undefined>;
  audience: string;
  campaign?: string;
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
  const {destination, journal, next, audience, campaign, signal} = sending;
  let [done, failures, isLeft] = [0, 0, false];
  let ended: Error | undefined;
  let broken: {reason: unknown} | undefined;
  const writing = new Set<Promise<void>>();
  const answer = async (...what: Parameters<Journal["answer"]>) => {
    const written = journal.answer(...what).catch((reason: unknown) => void (broken ??= {reason}));
    writing.add(written);
    void written.then(() => writing.delete(written));
    // Where it may be sent again, an answer that a crash takes along costs nothing: the next request need not wait for it.
    if (!destination.idempotent) await written;
  };
  const isOver = () => ended !== undefined || broken !== undefined || signal?.aborted === true;
  const prepare = async () => {
    const planned = isOver() ? undefined : await next();
    if (planned) await journal.intend(planned.batch);
    return planned;
  };
  const worker = async () => {
    for (let ahead = prepare(); ;) {
      const planned = await ahead;
      if (!planned) return;
      const {batch, first, key, rows} = planned;
      if (isOver()) {
        isLeft = true;
        return await answer(batch, first, {state: "waiting"});
      }
      // The next is ready when this one is answered. Where a crash would leave it unknown, it is not begun so early.
      if (destination.idempotent) (ahead = prepare()).catch(() => {});
      try {
        const refusals = await destination.deliver({key, audience, campaign, rows});
        await answer(batch, first, {state: "acknowledged", refusals});
        failures = 0;
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        await answer(batch, first, {state: error.failure, code: error.code, message: error.message});
        if (error.isFinal || (error.failure !== "refused" && ++failures >= patience)) ended = error;
      }
      sending.progress(++done);
      if (!destination.idempotent) ahead = prepare();
    }
  };
  const settled = await Promise.allSettled(Array.from({length: destination.concurrency}, worker));
  await Promise.all(writing);
  broken ??= settled.find((one) => one.status === "rejected");
  if (broken) throw broken.reason;
  if (ended || !signal?.aborted) return ended;
  return isLeft || (await next()) ? new Error("interrupted") : undefined;
}
