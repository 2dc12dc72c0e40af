import type {Database} from "../engine/database.js";

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
