import {createHash} from "node:crypto";
import {quoteName, quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";

/**
 * Makes a temporary table by a query, unless it already stands for that query: several models of one derivation need the
 * same. Its comment says what it holds, so that a table whose transaction was rolled back is made again.
 */
export async function shareTable(database: Database, name: string, sql: string): Promise<void> {
  const mark = `${prefix}${createHash("sha256").update(sql).digest("hex")}`;
  const standing = await database.value<string>(
    "select comment from duckdb_tables() where database_name = 'temp' and table_name = $name",
    {name}
  );
  if (standing === mark) return;
  await database.run(`create or replace temp table ${quoteName(name)} as ${sql}`);
  await database.run(`comment on table temp.${quoteName(name)} is ${quoteText(mark)}`);
}

/** Drops the shared tables: before and after a derivation, for what they were made from changes between two. */
export async function dropShared(database: Database): Promise<void> {
  const tables = await database.rows<{name: string}>(
    `select table_name as name from duckdb_tables() where database_name = 'temp' and comment like '${prefix}%'`
  );
  for (const {name} of tables) await database.run(`drop table temp.${quoteName(name)}`);
}

const prefix = "shared by query ";
