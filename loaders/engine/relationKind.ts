import type {Database} from "./database.js";

/** Whether a name is a table or a view; undefined where there is none. */
export async function relationKind(database: Database, name: string): Promise<"table" | "view" | undefined> {
  const [schema, table] = name.split(".") as [string, string];
  // Not of information_schema, which looks at every column: this is asked twice for every node.
  return await database.value<"table" | "view">(
    `select 'table' from duckdb_tables()
     where database_name = current_database() and schema_name = $schema and table_name = $table
     union all
     select 'view' from duckdb_views()
     where database_name = current_database() and schema_name = $schema and view_name = $table`,
    {schema, table}
  );
}
