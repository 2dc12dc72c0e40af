import {quoteColumn} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";

/**
 * Copies a share of a table's rows, the same rows every time: whole persons where the table has persons, so that their
 * rows in several tables agree.
 */
export async function sampleTable(database: Database, from: string, to: string, share: number): Promise<void> {
  const columns = await database.rows<{column_name: string}>(`describe ${from}`);
  const names = columns.map(({column_name}) => column_name);
  await database.run(
    `create or replace temp table ${to} as select * from ${from} where ${sampleCondition(names, share)}`
  );
}

/** SQL condition that holds for a share of the persons, or of the rows where a table has none. */
export function sampleCondition(columns: string[], share: number): string {
  const person = columns.find((name) => name === "profile_id" || name === "id");
  const key = person ? [person] : columns;
  const hashed = key.map((name) => quoteColumn(name)).join(", ");
  return `hash('publish', ${hashed}) % 1000000 < ${Math.max(1, Math.floor(share * 1e6))}`;
}
