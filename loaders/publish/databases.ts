import {rmSync} from "node:fs";
import {formatIdSql} from "../../lib/surrogate.js";
import {quoteName, quoteText, type Database} from "../engine/database.js";
import type {GraphNode} from "../engine/node.js";
import {isProfileId} from "./arrow.js";

export interface PublishedTable {
  /** The table read, as schema.table. */
  from: string;
  /** Its name in the published database. */
  as: string;
  columns: {name: string; type: string}[];
  /** Columns that its rows are ordered by. */
  key: string[];
}

/** The tables that `workspace.duckdb` holds: those whose header marks them, with the columns that may leave. */
export async function publishedTables(database: Database, nodes: GraphNode[]): Promise<PublishedTable[]> {
  const tables: PublishedTable[] = [];
  for (const node of [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const columns = await tableColumns(database, node.name);
    const marked = columns.filter(({name}) => columnMark(node, name) !== "none");
    if (marked.length > 0) tables.push({from: node.name, as: node.name, columns: marked, key: node.header.key});
  }
  return tables;
}

/** What a model's header lets a column do. */
export function columnMark({header}: GraphNode, column: string): "none" | "aggregate" | "rows" {
  const given = header.columns[column];
  if (typeof given === "object") {
    if (given.personal) return "none";
    if (given.publish) return given.publish;
  }
  return header.publish;
}

export async function tableColumns(database: Database, table: string): Promise<{name: string; type: string}[]> {
  const [schema, name] = table.split(".") as [string, string];
  return await database.rows(
    `select column_name as name, data_type as type from duckdb_columns()
     where database_name = current_database() and schema_name = $schema and table_name = $name order by column_index`,
    {schema, name}
  );
}

/** Writes tables into a new DuckDB file that a browser can attach. */
export async function writeDatabase(database: Database, path: string, tables: PublishedTable[]): Promise<void> {
  rmSync(path, {force: true});
  await database.run(`attach ${quoteText(path)} as publication`);
  try {
    for (const table of tables) {
      const [schema] = table.as.split(".") as [string];
      const selected = table.columns.map(({name, type}) => {
        const column = `"${name.replaceAll('"', '""')}"`;
        return isProfileId(name, type) ? `${formatIdSql(column)} as ${column}` : column;
      });
      const order = table.key.length > 0 ? `order by ${table.key.map(quoteName).join(", ")}` : "order by all";
      await database.run(`create schema if not exists publication.${quoteName(schema)}`);
      await database.run(
        `create table publication.${quoteName(table.as)} as
         select ${selected.join(", ")} from ${quoteName(table.from)} ${order}`
      );
    }
    await database.run("checkpoint publication");
  } finally {
    await database.run("detach publication");
  }
}
