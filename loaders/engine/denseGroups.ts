import type {Database} from "./database.js";

/**
 * Does work whose queries group by integers between 0 and `greatest`, with so many aggregates. Told so, the engine finds
 * a group by its place in an array instead of by hashing, which takes a third of the time for a million groups. By itself
 * it does so up to 2^12 groups only: each thread holds an array of its own, which never goes to disk. So there is a limit
 * here as well: some 300 MB for all threads together, beyond which groups are hashed as ever.
 */
export async function withDenseGroups<T>(
  database: Database,
  {greatest, aggregates}: {greatest: number | undefined; aggregates: number},
  work: () => Promise<T>
): Promise<T> {
  if (greatest === undefined) return work();
  // There are greatest + 1 numbers, a place for null, and one to spare.
  const bits = Math.ceil(Math.log2(greatest + 3));
  const threads = await database.value<number>("select current_setting('threads')");
  if (aggregates > mostAggregates || 2 ** bits * aggregates * threads! > mostStates) return work();
  await database.run(`set perfect_ht_threshold = ${Math.max(bits, 12)}`);
  try {
    return await work();
  } finally {
    // Fails where an error has ended the caller's transaction; a threshold that stays costs nothing but memory.
    await database.run("reset perfect_ht_threshold").catch(() => {});
  }
}

/** With more of them side by side their memory decides, and hashing is as fast. */
const mostAggregates = 8;

/** Each of them takes 8 to 24 bytes. */
const mostStates = 2 ** 24;
