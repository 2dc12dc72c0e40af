import {union, type Column, type Relation} from "./relation.js";
import type {SyntaxNode} from "./syntaxTree.js";

/** What names mean in one select. */
export interface Scope {
  relations: Relation[];
  /** The select around a subquery. */
  outer?: Scope;
  /** Columns of the select list so far: later ones may refer to them. */
  aliases: Map<string, Set<string>>;
  /** Parameters of lambdas around the expression. */
  parameters?: Set<string>;
  query(node: SyntaxNode, scope: Scope): Column[];
}

/** The columns of tables that an expression derives from. */
export function columnSources(expression: SyntaxNode, scope: Scope): Set<string> {
  if (expression.class === "COLUMN_REF") return resolve(expression.column_names as string[], scope);
  if (expression.class === "LAMBDA") return lambda(expression, scope);
  if (expression.class === "SUBQUERY") {
    const {node} = expression.subquery as {node: SyntaxNode};
    const child = expression.child as SyntaxNode | null;
    return union([
      ...scope.query(node, scope).map(({sources}) => sources),
      ...(child ? [columnSources(child, scope)] : [])
    ]);
  }
  if (expression.class === "STAR" || expression.class === "POSITIONAL_REFERENCE") {
    return union(scope.relations.flatMap(wholeRelation));
  }
  // How many there are tells no value.
  if (counts.has(expression.function_name as string)) return new Set();
  const sources = union(parts(expression).map((part) => columnSources(part, scope)));
  const field = fieldName(expression);
  if (field !== undefined) return fieldOf(sources, [field]);
  return keepsFields(expression, sources)
    ? sources
    : new Set([...sources].map((source) => source.replace(/\.\*$/, ".**")));
}

const counts = new Set(["count", "count_star", "approx_count_distinct"]);

/** Whether a struct's fields are still what they were: elsewhere a field taken later may be any of them. */
function keepsFields({class: kind, function_name: name}: SyntaxNode, sources: Set<string>): boolean {
  const structs = [...sources].filter((source) => source.endsWith(".*")).length;
  return kind === "CAST" || (name === "struct_insert" && structs === 1);
}

/** The expressions directly inside a value, however deep in lists. */
function parts(value: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const visit = (item: unknown) => {
    if (Array.isArray(item)) item.forEach(visit);
    else if (item !== null && typeof item === "object") {
      if (typeof (item as SyntaxNode).class === "string") found.push(item as SyntaxNode);
      else Object.values(item).forEach(visit);
    }
  };
  Object.values(value).forEach(visit);
  return found;
}

function resolve(path: string[], scope: Scope): Set<string> {
  const names = path.map((name) => name.toLowerCase());
  if (scope.parameters?.has(names[0]!)) return new Set();
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const found =
      inRelations(path, names, at.relations) ?? (names.length === 1 ? at.aliases.get(names[0]!) : undefined);
    if (found) return found;
    const open = at.relations.filter(({rest}) => rest);
    if (open.length > 0) return union(open.map(({rest}) => rest!));
  }
  return new Set(["?"]);
}

function inRelations(path: string[], names: string[], relations: Relation[]): Set<string> | undefined {
  const column = (relation: Relation, i: number) => {
    const same = relation.columns.filter(({name}) => name?.toLowerCase() === names[i]);
    return same.length === 0 ? undefined : fieldOf(union(same.map(({sources}) => sources)), path.slice(i + 1));
  };
  for (const relation of relations) {
    if (names.length > 2 && relation.table?.toLowerCase() === `${names[0]}.${names[1]}`) return column(relation, 2);
  }
  if (names.length > 1) {
    const relation = relations.findLast(({alias}) => alias.toLowerCase() === names[0]);
    const found = relation && (column(relation, 1) ?? relation.rest);
    if (found) return found;
  }
  const found = relations.flatMap((relation) => column(relation, 0) ?? []);
  if (found.length > 0) return union(found);
  const whole = relations.find(({alias}) => names.length === 1 && alias.toLowerCase() === names[0]);
  return whole && union(wholeRelation(whole));
}

function wholeRelation({columns, rest}: Relation): Set<string>[] {
  return [...columns.map(({sources}) => sources), ...(rest ? [rest] : [])];
}

/** A struct's field, where sources are structs taken as a whole. */
function fieldOf(sources: Set<string>, fields: string[]): Set<string> {
  if (fields.length === 0) return sources;
  return new Set(
    [...sources].map((source) => (source.endsWith(".*") ? source.slice(0, -1) + fields[0]!.toLowerCase() : source))
  );
}

/** The field that `struct_extract(s, 'field')` and `s['field']` take. */
function fieldName(expression: SyntaxNode): string | undefined {
  const takes =
    expression.type === "ARRAY_EXTRACT" ||
    expression.type === "STRUCT_EXTRACT" ||
    expression.function_name === "struct_extract";
  if (!takes) return undefined;
  const constant = (expression.children as SyntaxNode[])[1] as {value?: {value?: unknown}} | undefined;
  return typeof constant?.value?.value === "string" ? constant.value.value : undefined;
}

function lambda({lhs, expr}: SyntaxNode, scope: Scope): Set<string> {
  const parameters = new Set(scope.parameters);
  const names = (node: SyntaxNode) => {
    if (node.class === "COLUMN_REF") parameters.add((node.column_names as string[])[0]!.toLowerCase());
    else parts(node).forEach(names);
  };
  names(lhs as SyntaxNode);
  return columnSources(expr as SyntaxNode, {...scope, parameters});
}
