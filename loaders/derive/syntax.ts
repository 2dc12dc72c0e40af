import type {Database} from "../engine/database.js";

/** What one select statement reads, by the engine's own parser. */
export interface Syntax {
  /** Tables and views, schema-qualified where the text is; names of CTEs are not among them. */
  tables: string[];
  tableFunctions: string[];
  /** Functions and bare words such as current_date, lower case. */
  functions: string[];
  /** Named parameters, without the dollar sign. */
  parameters: string[];
  /** Whether the outermost query orders its rows. */
  isOrdered: boolean;
}

/** A text that is not one select statement. `position` is the offset in it, where the parser knows. */
export class SqlSyntaxError extends Error {
  constructor(
    message: string,
    readonly position?: number
  ) {
    super(message);
    this.name = "SqlSyntaxError";
  }
}

type Json = null | string | number | boolean | Json[] | {[key: string]: Json};

/** Parses SQL with DuckDB (`json_serialize_sql`) and collects what it reads. Throws SqlSyntaxError. */
export async function parseSql(database: Database, sql: string): Promise<Syntax> {
  const text = await database.value<string>("select json_serialize_sql($sql::varchar)", {sql});
  const tree = JSON.parse(text!) as {
    error: boolean;
    error_message?: string;
    position?: string;
    statements?: {node: {[key: string]: Json}}[];
  };
  if (tree.error) {
    const message = /Only SELECT/.test(tree.error_message ?? "")
      ? "only a select statement can be a model (pivot: write it as aggregates with filter)"
      : (tree.error_message ?? "unreadable SQL");
    throw new SqlSyntaxError(message, tree.position === undefined ? undefined : Number(tree.position));
  }
  if (tree.statements?.length !== 1) {
    throw new SqlSyntaxError(`expected one select statement, found ${tree.statements?.length ?? 0}`);
  }
  const found = {
    tables: new Set<string>(),
    tableFunctions: new Set<string>(),
    functions: new Set<string>(),
    parameters: new Set<string>()
  };
  const root = tree.statements[0]!.node;
  visit(root, new Set(), found);
  return {
    tables: [...found.tables].sort(),
    tableFunctions: [...found.tableFunctions].sort(),
    functions: [...found.functions].sort(),
    parameters: [...found.parameters].sort(),
    isOrdered: (root.modifiers as {type: string}[] | undefined)?.some((m) => m.type === "ORDER_MODIFIER") ?? false
  };
}

function visit(json: Json, ctes: Set<string>, found: Record<keyof Omit<Syntax, "isOrdered">, Set<string>>): void {
  if (json === null || typeof json !== "object") return;
  if (Array.isArray(json)) {
    for (const item of json) visit(item, ctes, found);
    return;
  }
  let scope = ctes;
  const map = (json.cte_map as {map?: {key: string; value: Json}[]} | undefined)?.map;
  if (map && map.length > 0) {
    scope = new Set(ctes);
    for (const {key, value} of map) {
      // A recursive CTE sees itself; any other name must stand before its use.
      const isRecursive = JSON.stringify(value).includes('"RECURSIVE_CTE_NODE"');
      visit(value, isRecursive ? new Set([...scope, key.toLowerCase()]) : scope, found);
      scope.add(key.toLowerCase());
    }
  }
  const text = (key: string) => (typeof json[key] === "string" ? (json[key] as string) : "");
  switch (json.type) {
    case "BASE_TABLE": {
      const name = [text("catalog_name"), text("schema_name"), text("table_name")].filter(Boolean).join(".");
      if (!scope.has(name.toLowerCase())) found.tables.add(name);
      break;
    }
    case "TABLE_FUNCTION":
      found.tableFunctions.add((json.function as {function_name: string}).function_name.toLowerCase());
      break;
    case "FUNCTION":
      found.functions.add(text("function_name").toLowerCase());
      break;
    case "COLUMN_REF": {
      const names = json.column_names as string[];
      if (names.length === 1) found.functions.add(names[0]!.toLowerCase());
      break;
    }
    case "VALUE_PARAMETER":
      found.parameters.add(text("identifier"));
      break;
  }
  for (const [key, value] of Object.entries(json)) if (key !== "cte_map") visit(value, scope, found);
}
