import type {DuckDBType} from "@duckdb/node-api";
import {quoteName} from "../../lib/sql.js";
import type {Database} from "./database.js";

/** A column of a table or of a query's result, with the engine's name for its type. */
export interface Column {
  name: string;
  type: string;
}

/** Columns of a table, or of a query in brackets. */
export interface TableColumns {
  from: string;
  columns: Column[];
}

/** The columns of a table, or of a query. */
export async function columnsOf(database: Database, from: string): Promise<Column[]> {
  return await database.rows<Column>(`select column_name as name, column_type as type from (describe ${from})`);
}

/** Whether a table, or a query's result, has a column of this name. */
export async function hasColumn(database: Database, from: string, column: string): Promise<boolean> {
  return (await columnsOf(database, from)).some(({name}) => name === column);
}

/** The types of a table's columns, in their order, as the client knows them: of an enum with its values. */
export async function columnTypes(database: Database, table: string): Promise<Map<string, DuckDBType>> {
  const result = await database.connection.run(`from ${quoteName(table)} limit 0`);
  const types = result.columnTypes();
  return new Map(result.columnNames().map((name, i) => [name, types[i]!]));
}
