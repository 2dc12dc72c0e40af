import type {Database, Parameters} from "./database.js";

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

/** From so many rows on the engine takes what one insert leaves for a row group of its own: nine tenths of one. */
export const nearlyFullGroup = 110_592;

/**
 * Lets the next rows of every table begin a row group of their own. Where an insert of `nearlyFullGroup` rows or more, but
 * less than a whole group, goes over the end of a group that no checkpoint has written yet, DuckDB 1.5.6 fills nulls in
 * structs with what lies in memory, or crashes. Not inside a transaction.
 */
export async function closeRowGroups(database: Database): Promise<void> {
  await database.run("checkpoint");
}

/**
 * Inserts so many rows, unless there are none: where a transaction has put nothing into a table, DuckDB 1.5.6 shows
 * nothing of what it puts in afterwards by a parallel insert of `nearlyFullGroup` rows or more, until the next checkpoint.
 */
export async function putIn(database: Database, rows: number, sql: string, parameters?: Parameters): Promise<void> {
  if (rows > 0) await database.run(`insert into ${sql}`, parameters);
}

/**
 * Writes a table anew, inside the caller's transaction. One has to where a transaction takes out rows that it has put in
 * itself, among as many as `nearlyFullGroup`: what is left is then committed row by row, with the fault above.
 */
export async function rewriteTable(database: Database, table: string, columns = "*"): Promise<void> {
  await database.run(`
    create table ${table}__new as select ${columns} from ${table};
    drop table ${table};
    alter table ${table}__new rename to ${table.split(".")[1]!};
  `);
}

const mergeAgain = "reset max_vacuum_tasks";
