import {setTimeout as delay} from "node:timers/promises";

/** Time as the sender knows it: the system's, or a test's. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => void (await delay(milliseconds))
};
