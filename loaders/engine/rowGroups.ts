import type {Database} from "./database.js";

/** Batches from one merging of row groups to the next. */
const every = 8;

/**
 * Whenever the engine moves its log into the file it merges small neighbouring row groups, which rewrites up to three
 * full ones (a third of a million rows) however small the batch. Tables that grow by batches let it at every eighth.
 */
export async function spareRowGroups(database: Database, batchId: number): Promise<void> {
  await database.run(batchId % every === 0 ? mergeAgain : "set max_vacuum_tasks = 0");
}

/** Lets the engine merge row groups as it likes. */
export async function mergeRowGroups(database: Database): Promise<void> {
  await database.run(mergeAgain);
}

const mergeAgain = "reset max_vacuum_tasks";
