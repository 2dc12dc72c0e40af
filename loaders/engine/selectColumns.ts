import {columnSources, type Scope} from "./columnSources.js";
import {union, type Column, type Relation} from "./relation.js";
import {commonTables, nodes, type SyntaxNode} from "./syntaxTree.js";

/** A table's columns; `type` is DuckDB's. */
export interface TableShape {
  table: string;
  columns: {name: string; type: string}[];
}

type Known = Map<string, Column[]>;

/** The columns of a query's result with what they derive from. */
export function selectColumns(
  node: SyntaxNode,
  shapes: Map<string, TableShape>,
  known: Known = new Map(),
  outer?: Scope
): Column[] {
  const tables: Known = new Map(known);
  for (const {key, value} of commonTables(node)) {
    const columns = renamed(selectColumns(value.query.node, shapes, tables, outer), value.aliases);
    tables.set(key.toLowerCase(), columns);
  }
  const part = (name: string) => selectColumns(node[name] as SyntaxNode, shapes, tables, outer);
  switch (node.type) {
    case "SELECT_NODE":
      return selected(node, shapes, tables, outer);
    case "SET_OPERATION_NODE":
      return node.setop_type === "UNION_BY_NAME"
        ? byName(part("left"), part("right"))
        : byPlace(part("left"), part("right"));
    case "CTE_NODE": {
      const columns = renamed(selectColumns((node.query ?? {}) as SyntaxNode, shapes, tables, outer), node.aliases);
      tables.set(String(node.cte_name).toLowerCase(), columns);
      return part("child");
    }
    case "RECURSIVE_CTE_NODE": {
      const name = String(node.cte_name).toLowerCase();
      let columns = renamed(part("left"), node.aliases);
      // Each round may bring in what the others refer to; there are no longer chains than columns.
      for (let i = 0; i <= columns.length; ++i) {
        tables.set(name, columns);
        columns = byPlace(columns, part("right"));
      }
      return columns;
    }
    default:
      return [{sources: new Set(["?"])}];
  }
}

function selected(node: SyntaxNode, shapes: Map<string, TableShape>, tables: Known, outer?: Scope): Column[] {
  const scope: Scope = {
    relations: [],
    outer,
    aliases: new Map(),
    query: (inner, at) => selectColumns(inner, shapes, tables, at)
  };
  scope.relations = relations(node.from_table as SyntaxNode | null, shapes, tables, scope);
  return nodes(node.select_list).flatMap((item): Column[] => {
    if (item.class === "STAR") return starred(item, scope);
    const path = item.class === "COLUMN_REF" ? (item.column_names as string[]) : undefined;
    const name = (item.alias as string) || path?.at(-1);
    const sources = columnSources(item, scope);
    if (item.function_name === "unnest" && nodes(item.children).length > 1) return [{sources, isOpen: true}];
    if (item.alias) scope.aliases.set((item.alias as string).toLowerCase(), sources);
    return [{name, sources}];
  });
}

function relations(from: SyntaxNode | null, shapes: Map<string, TableShape>, tables: Known, scope: Scope): Relation[] {
  if (!from) return [];
  const alias = (from.alias as string) || "";
  switch (from.type) {
    case "EMPTY":
      return [];
    case "BASE_TABLE": {
      const name = from.table_name as string;
      const table = from.schema_name ? `${from.schema_name as string}.${name}` : undefined;
      const columns = table ? shapeColumns(shapes.get(table)) : tables.get(name.toLowerCase());
      const given = columns && renamed(columns, from.column_name_alias);
      return [{alias: alias || name, table, columns: given ?? [], rest: given ? restOf(given) : new Set(["?"])}];
    }
    case "SUBQUERY": {
      const {node} = from.subquery as {node: SyntaxNode};
      const columns = renamed(selectColumns(node, shapes, tables, scope), from.column_name_alias);
      return [{alias, columns, rest: restOf(columns)}];
    }
    case "JOIN": {
      const left = relations(from.left as SyntaxNode, shapes, tables, scope);
      // What stands to the right may refer to the left.
      const lateral: Scope = {...scope, relations: [...scope.relations, ...left]};
      const right = relations(from.right as SyntaxNode, shapes, tables, lateral);
      const using = new Set(((from.using_columns as string[] | undefined) ?? []).map((name) => name.toLowerCase()));
      return [...left, ...right.map((relation) => withUsing(relation, left, using))];
    }
    case "TABLE_FUNCTION": {
      const call = from.function as SyntaxNode;
      const sources = columnSources(call, scope);
      const names = (from.column_name_alias as string[] | undefined) ?? [];
      const name = alias || (call.function_name as string);
      // `unnest(…) as t` names its column t as well.
      return [
        {
          alias: name,
          columns: [...names, ...(names.length === 0 ? [name] : [])].map((n) => ({name: n, sources})),
          rest: sources
        }
      ];
    }
    case "EXPRESSION_LIST": {
      const rows = from.values as SyntaxNode[][];
      const columns = (rows[0] ?? []).map((_, i) => ({
        name: `col${i}`,
        sources: union(rows.map((row) => columnSources(row[i]!, scope)))
      }));
      return [{alias, columns: renamed(columns, from.column_name_alias)}];
    }
    default:
      return [{alias, columns: [], rest: new Set(["?"])}];
  }
}

function restOf(columns: Column[]): Set<string> | undefined {
  const open = columns.filter(({isOpen}) => isOpen);
  return open.length > 0 ? union(open.map(({sources}) => sources)) : undefined;
}

/** Columns joined by name are one: a star shows them once, and they derive from both sides. */
function withUsing(relation: Relation, left: Relation[], using: Set<string>): Relation {
  if (using.size === 0) return relation;
  const joined = (name?: string) => name !== undefined && using.has(name.toLowerCase());
  for (const column of relation.columns) {
    if (!joined(column.name)) continue;
    for (const each of left.flatMap(({columns}) => columns)) {
      if (each.name?.toLowerCase() !== column.name!.toLowerCase()) continue;
      for (const source of column.sources) each.sources.add(source);
    }
  }
  return {...relation, hidden: using};
}

function starred(star: SyntaxNode, scope: Scope): Column[] {
  const of = ((star.relation_name as string) || "").toLowerCase();
  const chosen = scope.relations.filter(({alias}) => of === "" || alias.toLowerCase() === of);
  const all = chosen.flatMap((relation) =>
    relation.columns
      .filter(({name}) => of !== "" || !relation.hidden?.has((name ?? "").toLowerCase()))
      .map((column) => ({...column, alias: relation.alias.toLowerCase()}))
  );
  const isOpen = chosen.length === 0 || chosen.some(({rest}) => rest);
  if (isOpen || star.columns || star.expr) return [{sources: new Set(["?"])}];
  const excluded = new Set(((star.exclude_list as string[] | undefined) ?? []).map((name) => name.toLowerCase()));
  const excludedOf = nodes(star.qualified_exclude_list) as {table?: string; column: string}[];
  const isExcluded = ({name = "", alias}: Column & {alias: string}) =>
    excluded.has(name.toLowerCase()) ||
    excludedOf.some(
      ({table, column}) => column.toLowerCase() === name.toLowerCase() && (!table || table.toLowerCase() === alias)
    );
  const replaced = new Map(
    (nodes(star.replace_list) as {key: string; value: SyntaxNode}[]).map(({key, value}) => [key.toLowerCase(), value])
  );
  const newNames = new Map(
    (nodes(star.rename_list) as {key: {column: string}; value: string}[]).map(({key, value}) => [
      key.column.toLowerCase(),
      value
    ])
  );
  return all
    .filter((column) => !isExcluded(column))
    .map(({name = "", sources}) => {
      const value = replaced.get(name.toLowerCase());
      return {
        name: newNames.get(name.toLowerCase()) ?? name,
        sources: value ? columnSources(value, scope) : sources
      };
    });
}

function shapeColumns(shape?: TableShape): Column[] | undefined {
  return shape?.columns.map(({name, type}) => ({
    name,
    sources: new Set([`${shape.table}.${name}${type.startsWith("STRUCT") && !type.endsWith("]") ? ".*" : ""}`])
  }));
}

function renamed(columns: Column[], names: unknown): Column[] {
  const list = (names as string[] | undefined) ?? [];
  return columns.map((column, i) => ({...column, name: list[i] ?? column.name, sources: new Set(column.sources)}));
}

function byPlace(left: Column[], right: Column[]): Column[] {
  return left.map((column, i) => ({...column, sources: union([column.sources, right[i]?.sources ?? new Set(["?"])])}));
}

function byName(left: Column[], right: Column[]): Column[] {
  const names = [...new Set([...left, ...right].map(({name}) => name?.toLowerCase()))];
  return names.map((name) => {
    const same = [...left, ...right].filter((column) => column.name?.toLowerCase() === name);
    return {name: same[0]!.name, sources: union(same.map(({sources}) => sources))};
  });
}
