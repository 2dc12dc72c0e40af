import {createHash} from "node:crypto";
import {quoteName, quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";

/**
 * Makes a table by a query, unless one already stands for that query: several models of one derivation need the same. A
 * temporary table is the connection's own; what `prepare` makes in `asideCatalog` every connection finds. The table's
 * comment says what it holds, so that one whose transaction was rolled back is made again. Returns its qualified name.
 */
export async function shareTable(database: Database, name: string, sql: string, catalog = "temp"): Promise<string> {
  const mark = `${prefix}${createHash("sha256").update(sql).digest("hex")}`;
  const standing = await database.value<string>(
    "select database_name from duckdb_tables() where table_name = $name and comment = $mark",
    {name, mark}
  );
  if (standing) return `${standing}.main.${quoteName(name)}`;
  const table = `${catalog}.main.${quoteName(name)}`;
  await database.run(`create or replace ${catalog === "temp" ? "temp table" : "table"} ${table} as ${sql}`);
  await database.run(`comment on table ${table} is ${quoteText(mark)}`);
  return table;
}

/** Drops the shared temporary tables: before and after a derivation, for what they were made from changes between two. */
export async function dropShared(database: Database): Promise<void> {
  const tables = await database.rows<{name: string}>(
    `select table_name as name from duckdb_tables() where database_name = 'temp' and comment like '${prefix}%'`
  );
  for (const {name} of tables) await database.run(`drop table temp.${quoteName(name)}`);
}

const prefix = "shared by query ";
