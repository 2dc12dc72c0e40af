import {basename} from "node:path";
import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";

/**
 * Attaches a DuckDB file while `work` lasts, which is told the name of its catalog. Makes the file where it is missing,
 * unless it is only read. One connection at a time: a query on another one that lists the tables of all catalogs holds
 * the file, which can then not be attached again.
 */
export async function attached<T>(
  database: Database,
  path: string,
  work: (catalog: string) => Promise<T>,
  {readOnly = false} = {}
): Promise<T> {
  const catalog = `published_${basename(path, ".duckdb")}`;
  // What was begun when a process ended is written anew: it needs no log to be recovered by.
  const how = readOnly ? "read_only" : "recovery_mode no_wal_writes";
  await database.run(`attach ${quoteText(path)} as ${catalog} (${how})`);
  try {
    const result = await work(catalog);
    // Waits for whoever lists the tables of all catalogs just then, on another connection; without FORCE it would fail.
    if (!readOnly) await database.run(`force checkpoint ${catalog}`);
    return result;
  } finally {
    await database.run(`detach ${catalog}`);
  }
}
