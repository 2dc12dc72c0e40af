import type {Database} from "./database.js";
import {selectColumns, type TableShape} from "./selectColumns.js";
import {commonTables, nodes, syntaxTree, walk} from "./syntaxTree.js";

export type {TableShape};

/** The tables that a query reads, as written (schema.table), and whether it gives its rows an order. */
export async function tablesRead(database: Database, sql: string): Promise<{tables: string[]; isOrdered: boolean}> {
  const tree = await syntaxTree(database, sql);
  const tables = new Set<string>();
  const local = new Set<string>();
  walk(tree, (node) => {
    if (node.type === "BASE_TABLE") tables.add([node.schema_name, node.table_name].filter(Boolean).join("."));
    for (const {key} of commonTables(node)) local.add(key);
  });
  for (const name of local) tables.delete(name);
  return {tables: [...tables].sort(), isOrdered: nodes(tree.modifiers).some(({type}) => type === "ORDER_MODIFIER")};
}

/**
 * For each column of a query's result, the columns of the tables read that it derives from, as schema.table.column;
 * fields of a struct stand apart (`core.events.properties.tier`), `.*` is a struct taken as a whole. Undefined where
 * that cannot be told. What only decides which rows there are (where, join, group by) is no part of it.
 *
 * By DuckDB's syntax tree: of @polyglot-sql/sdk 0.12.1, which knows more dialects, the lineage of `* exclude (…)` and
 * `* replace (…)` is that of the star, which would let columns through; a test compares the two where both apply.
 */
export async function columnLineage(
  database: Database,
  sql: string,
  shapes: Map<string, TableShape>,
  outputs: string[]
): Promise<(Set<string> | undefined)[]> {
  const columns = selectColumns(await syntaxTree(database, sql), shapes);
  if (columns.length !== outputs.length) return outputs.map(() => undefined);
  return columns.map(({name, sources, isOpen}, i) => {
    const isSame = name === undefined || name.toLowerCase() === outputs[i]!.toLowerCase();
    if (!isSame || isOpen || sources.has(unknown)) return undefined;
    return new Set([...sources].map((source) => source.replace(/\.\*+$/, ".*")));
  });
}

/** Stands among the sources where one is not known. */
export const unknown = "?";
