import {quoteColumn} from "../../lib/sql.js";
import {columnsOf} from "../engine/columns.js";
import type {Database} from "../engine/database.js";

/**
 * Copies a share of a table's rows, the same rows every time: whole persons where the table has persons, so that their
 * rows in several tables agree.
 */
export async function sampleTable(database: Database, from: string, to: string, share: number): Promise<void> {
  const names = (await columnsOf(database, from)).map(({name}) => name);
  await database.run(
    `create or replace temp table ${to} as select * from ${from} where ${sampleCondition(names, share)}`
  );
}

/**
 * The share of the persons that fits into so many bytes, where `share` of them took `size`. Two database files of the same
 * rows differ in size by a hundredth or two, with how threads share the work: so shares go in steps of a fifth, and the
 * same input gives the same sample.
 */
export function fittingShare(share: number, size: number, maxBytes: number): number {
  return Math.min(1, 2 ** (Math.floor(4 * Math.log2((0.97 * share * maxBytes) / size)) / 4));
}

/** SQL condition that holds for a share of the persons, or of the rows where a table has none. */
export function sampleCondition(columns: string[], share: number): string {
  if (share >= 1) return "true";
  const person = columns.find((name) => name === "profile_id" || name === "id");
  const key = person ? [person] : columns;
  const hashed = key.map((name) => quoteColumn(name)).join(", ");
  return `hash('publish', ${hashed}) % 1000000 < ${Math.max(1, Math.floor(share * 1e6))}`;
}
