import type {Database} from "./database.js";

/** What a query says about itself, by the engine's own syntax tree. */
export interface Mentions {
  /** Tables read, as written: schema.table, or a bare name that is no common table expression. */
  tables: string[];
  /** Whether the result's order is given. */
  ordered: boolean;
}

/** Reads a query's syntax tree. Throws with the engine's message where it does not parse. */
export async function mentions(database: Database, sql: string): Promise<Mentions> {
  const tree = await syntaxTree(database, sql);
  const tables = new Set<string>();
  const local = new Set<string>();
  walk(tree, (node) => {
    if (node.type === "BASE_TABLE") {
      const {schema_name: schema, table_name: table} = node as {schema_name: string; table_name: string};
      tables.add(schema ? `${schema}.${table}` : table);
    }
    const map = (node.cte_map as {map?: {key: string}[]} | undefined)?.map;
    for (const {key} of map ?? []) local.add(key);
  });
  for (const name of local) tables.delete(name);
  const modifiers = (tree.modifiers ?? []) as {type: string}[];
  return {tables: [...tables].sort(), ordered: modifiers.some(({type}) => type === "ORDER_MODIFIER")};
}

type Node = Record<string, unknown>;

async function syntaxTree(database: Database, sql: string): Promise<Node> {
  const text = await database.value<string>("select json_serialize_sql($sql::varchar)::varchar", {sql});
  const result = JSON.parse(text!) as {error: boolean; error_message?: string; statements?: {node: Node}[]};
  if (result.error) throw new Error(result.error_message);
  if (result.statements!.length !== 1) throw new Error("one select statement expected");
  return result.statements![0]!.node;
}

function walk(value: unknown, visit: (node: Node) => void) {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (value !== null && typeof value === "object") {
    visit(value as Node);
    for (const item of Object.values(value)) walk(item, visit);
  }
}
