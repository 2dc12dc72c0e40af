import type {Database} from "../engine/database.js";
import {tableVersions} from "../engine/versions.js";

/**
 * Tells a table's version: a text that changes whenever its rows may have. Tables that ingestion keeps beside the
 * events change with the ledger; the log of runs changes with every run.
 */
export async function inputVersions(database: Database): Promise<(table: string) => string> {
  const known = await tableVersions(database);
  const ledger = await fingerprint(database, "landing.batches");
  const runs = await fingerprint(database, "runs.runs");
  return (table) => {
    const version = known.get(table);
    if (version !== undefined) return version;
    return table.startsWith("runs.") ? runs : ledger;
  };
}

async function fingerprint(database: Database, table: string): Promise<string> {
  try {
    const row = await database.row(`select count(*) as rows, sum(hash(t)::hugeint)::varchar as sum from ${table} as t`);
    return JSON.stringify(row);
  } catch {
    return "";
  }
}
