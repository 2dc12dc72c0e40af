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

// Two in a hundred are left for clocks that differ and answers that bunch; one in a hundred may be caught up at once.
const headroom = 0.98;
const catchUp = 0.01;

/**
 * A token bucket, as its equivalent that keeps one number, the time at which the next may go (the generic cell rate
 * algorithm, ITU-T I.371). It never lets more than the allowed number through in any window, and keeps 97 % of it.
 */
export function tokenBucket({requests, perSeconds}: Rate, clock: Clock): Limiter {
  const window = perSeconds * 1000;
  const interval = window / (requests * headroom);
  let next = -Infinity;
  return {
    async take() {
      const now = clock.now();
      const at = Math.max(next, now - catchUp * window);
      next = at + interval;
      if (at > now) await clock.sleep(at - now);
    },
    pause(milliseconds) {
      next = Math.max(next, clock.now() + milliseconds);
    }
  };
}

export const unlimited: Limiter = {async take() {}, pause() {}};
