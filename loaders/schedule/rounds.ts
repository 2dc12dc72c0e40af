import {setTimeout as delay} from "node:timers/promises";

export interface RoundsOptions {
  /** Milliseconds from one round's time to the next. */
  every: number;
  /** Ends them: a round under way is finished, a pause is not. */
  signal: AbortSignal;
  now?(): number;
  sleep?(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/**
 * Calls `round` at once and then at every whole multiple of `every`, one at a time, until the signal comes. A time that
 * comes while a round is under way is left out: the next one finds all the same what is due.
 */
export async function rounds(
  round: () => Promise<void>,
  {every, signal, now = Date.now, sleep = pause}: RoundsOptions
): Promise<void> {
  while (!signal.aborted) {
    await round();
    if (!signal.aborted) await sleep(every - (now() % every), signal);
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, {signal}).catch(() => {});
}
