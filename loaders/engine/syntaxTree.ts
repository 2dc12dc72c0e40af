import type {Database} from "./database.js";

/** A node of DuckDB's own syntax tree (`json_serialize_sql`). */
export type SyntaxNode = {[key: string]: unknown};

/** Parses one select statement; what was parsed before is known. Throws with the engine's message. */
export async function syntaxTree(database: Database, sql: string): Promise<SyntaxNode> {
  let tree = parsed.get(sql);
  if (!tree) {
    const text = await database.value<string>("select json_serialize_sql($sql::varchar)::varchar", {sql});
    const result = JSON.parse(text!) as {error: boolean; error_message?: string; statements?: {node: SyntaxNode}[]};
    if (result.error) throw new Error(result.error_message);
    if (result.statements!.length !== 1) throw new Error("one select statement expected");
    tree = result.statements![0]!.node;
    // The last few hundred: a process that lives long sees many.
    if (parsed.size >= 300) parsed.delete(parsed.keys().next().value!);
    parsed.set(sql, tree);
  }
  return tree;
}

const parsed = new Map<string, SyntaxNode>();

/** Calls back for every node under a value. */
export function walk(value: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (value !== null && typeof value === "object") {
    visit(value as SyntaxNode);
    for (const item of Object.values(value)) walk(item, visit);
  }
}

/** The nodes of a list that may be missing. */
export function nodes(value: unknown): SyntaxNode[] {
  return Array.isArray(value) ? (value as SyntaxNode[]) : [];
}

/** The common table expressions that a node defines, in order. */
export function commonTables(
  node: SyntaxNode
): {key: string; value: {aliases?: string[]; query: {node: SyntaxNode}}}[] {
  return (node.cte_map as {map?: never[]} | undefined)?.map ?? [];
}
