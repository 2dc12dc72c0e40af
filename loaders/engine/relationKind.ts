import type {Database} from "./database.js";

export type RelationKind = "table" | "view";

/** Whether a name is a table or a view; undefined where there is none. */
export async function relationKind(database: Database, name: string): Promise<RelationKind | undefined> {
  return (await relationKinds(database)).get(name);
}

/** All tables and views of the warehouse, by schema.table. */
export async function relationKinds(database: Database): Promise<Map<string, RelationKind>> {
  // Not of information_schema, which looks at every column: this is asked for every node.
  const rows = await database.rows<{name: string; kind: RelationKind}>(
    `select schema_name || '.' || table_name as name, 'table' as kind from duckdb_tables()
     where database_name = current_database()
     union all
     select schema_name || '.' || view_name, 'view' from duckdb_views() where database_name = current_database()`
  );
  return new Map(rows.map(({name, kind}) => [name, kind]));
}
