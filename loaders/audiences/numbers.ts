import {hasColumn} from "../engine/columns.js";
import type {Database} from "../engine/database.js";

/** What puts the numbers of profiles beside them (`profilesSql`): `profile_number`. */
export const numbered = {
  join: "left join landing.profile_numbers as numbers on numbers.profile_id = p.profile_id",
  columns: ["numbers.number as profile_number"]
};

/** The greatest `profile_number` of a table, -1 where it is empty; undefined where it has none. */
export async function greatestNumber(database: Database, table: string): Promise<number | undefined> {
  if (!(await hasNumbers(database, table))) return undefined;
  return (await database.value<number | null>(`select max(profile_number) from ${table}`)) ?? -1;
}

/** Whether a table has a `profile_number`: in what an older Tenfold left it has not. */
export async function hasNumbers(database: Database, table: string): Promise<boolean> {
  return await hasColumn(database, table, "profile_number");
}
