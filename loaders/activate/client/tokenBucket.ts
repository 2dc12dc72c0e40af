import type {Clock} from "./clock.js";

export interface Rate {
  requests: number;
  perSeconds: number;
}

/** Lets through as many as are allowed. */
export interface Limiter {
  /** Resolves when one more may go, in the order asked. */
  take(): Promise<void>;
  /** Nobody goes for that long: the other side said so. */
  pause(milliseconds: number): void;
}

// Two in a hundred are left for clocks that differ and answers that bunch.
const headroom = 0.98;
// What a busy machine let slip may be caught up: a hundredth of the window, or as long as one stumbles.
const catchUp = (span: number) => Math.min(0.1 * span, Math.max(0.01 * span, 200));

/**
 * A token bucket that paces, and never lets more than the allowed number through in any window: what went is remembered
 * by when it went, not by when it was due, because a machine that is busy wakes late and then several at once. Keeps 98%
 * of the rate while somebody waits.
 */
export function tokenBucket({requests, perSeconds}: Rate, clock: Clock): Limiter {
  const span = (perSeconds * 1000) / headroom;
  const gone = new Float64Array(requests).fill(-Infinity);
  let [count, due, pausedUntil] = [0, -Infinity, -Infinity];
  let last: Promise<unknown> = Promise.resolve();
  const pass = async () => {
    for (;;) {
      const now = clock.now();
      const oldest = count % requests;
      const at = Math.max(due, gone[oldest]! + span, pausedUntil);
      if (at <= now) {
        gone[oldest] = now;
        ++count;
        due = Math.max(due, now - catchUp(span)) + span / requests;
        return;
      }
      await clock.sleep(at - now);
    }
  };
  return {
    take() {
      const turn = last.then(pass);
      last = turn.catch(() => {});
      return turn;
    },
    pause(milliseconds) {
      pausedUntil = Math.max(pausedUntil, clock.now() + milliseconds);
    }
  };
}

export const unlimited: Limiter = {async take() {}, pause() {}};
