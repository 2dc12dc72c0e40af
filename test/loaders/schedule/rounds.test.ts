import {expect, test} from "vitest";
import {rounds} from "../../../loaders/schedule/rounds.js";

/** Runs rounds that take so many milliseconds each, and says when they began. */
async function begun(every: number, lasting: number[], start: number): Promise<number[]> {
  let now = start;
  const times: number[] = [];
  const end = new AbortController();
  await rounds(
    async () => {
      times.push(now);
      now += lasting[times.length - 1]!;
      if (times.length === lasting.length) end.abort();
    },
    {every, signal: end.signal, now: () => now, sleep: async (milliseconds) => void (now += milliseconds)}
  );
  return times;
}

test("rounds(round, {every}) begins at once, then at every whole multiple", async () => {
  expect(await begun(60_000, [100, 100, 100], 10_500)).toEqual([10_500, 60_000, 120_000]);
});

test("rounds(round, {every}) leaves out the times that come while a round is under way", async () => {
  expect(await begun(60_000, [100, 150_000, 100], 0)).toEqual([0, 60_000, 240_000]);
});

test("rounds(round, {signal}) ends within a pause", async () => {
  const end = new AbortController();
  let count = 0;
  const done = rounds(
    async () => {
      ++count;
      setImmediate(() => end.abort());
    },
    {every: 3_600_000, signal: end.signal}
  );
  await done;
  expect(count).toBe(1);
});
