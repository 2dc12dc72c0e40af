import {createHash} from "node:crypto";
import {random} from "../../../lib/stats/random.js";

const [first, most] = [500, 60_000];

/**
 * How long to wait before each further try, in milliseconds: doubling from half a second to a minute, each drawn between
 * half and whole of that, by a seed, so that many who failed together do not come back together.
 */
export function backoff(seed: string): (tries: number) => number {
  const uniform = random(createHash("sha256").update(seed).digest().readBigUInt64LE());
  return (tries) => Math.min(most, first * 2 ** tries) * (0.5 + uniform() / 2);
}

/** What a Retry-After header asks for, in milliseconds: seconds, or a date. Undefined where it says nothing sensible. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
