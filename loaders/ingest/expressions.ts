import {DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import type {Mapped} from "../../lib/definitions/fields.js";
import type {Path} from "../../lib/definitions/schema.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import {columnsOf} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import type {Source} from "../workspace.js";
import {sqlType} from "./columns.js";

/** SQL of a mapped field and the engine's type of its result. */
export interface Expression {
  sql: string;
  type: string;
  /** The declared column that it is, as it stands. */
  column?: string;
  /** The closed vocabulary of the text column that it is. */
  values?: string[];
  constant?: string | number | boolean;
}

/** One place in a definition that maps a field. */
export interface Mapping {
  /** Names the field: `events.0.value`. */
  path: string;
  mapped: Mapped;
  /** Where it stands in the definition, where that is elsewhere. */
  place?: Path;
}

/**
 * Resolves what a source maps: the exact name of a declared column, a constant, or a SQL expression over the declared
 * columns, which the engine's own binder checks. Throws one DefinitionError with every mistake.
 */
export async function resolveExpressions(
  database: Database,
  source: Source,
  mappings: Mapping[]
): Promise<Map<string, Expression>> {
  const resolved = new Map<string, Expression>();
  const free: {path: string; sql: string; place: Path}[] = [];
  const mistakes: Mistake[] = [];
  for (const {path, mapped, place = path.split(".")} of mappings) {
    if (typeof mapped !== "string") resolved.set(path, constant(mapped.constant));
    else if (Object.hasOwn(source.columns, mapped)) resolved.set(path, column(source, mapped));
    else if (mapped === "_file") resolved.set(path, {sql: "_file", type: "VARCHAR"});
    else if (mapped === "_row") resolved.set(path, {sql: "_row", type: "BIGINT"});
    else free.push({path, sql: mapped, place});
  }
  const volatile = free.length === 0 ? new Set<string>() : await volatileFunctions(database);
  for (const {path, sql, place} of free) {
    try {
      await checkSyntax(database, sql, volatile);
      resolved.set(path, {sql: `(${sql}\n)`, type: await describe(database, source, sql)});
    } catch (error) {
      mistakes.push(source.mistake(place, `${plainMessage(error)} in ${JSON.stringify(sql)}`));
    }
  }
  if (mistakes.length > 0) throw new DefinitionError(mistakes);
  return resolved;
}

function column(source: Source, name: string): Expression {
  const {type, values} = source.columns[name]!;
  return {
    sql: quoteName(name),
    type: sqlType(type),
    column: name,
    ...(type === "string" && values && {values: values.map(String)})
  };
}

function constant(value: string | number | boolean): Expression {
  if (typeof value === "string") return {sql: quoteText(value), type: "VARCHAR", constant: value};
  if (typeof value === "boolean") return {sql: String(value), type: "BOOLEAN", constant: value};
  const type = Number.isInteger(value) ? "BIGINT" : "DECIMAL(18,4)";
  return {sql: `${value}::${type}`, type, constant: value};
}

async function describe(database: Database, source: Source, sql: string): Promise<string> {
  const columns = Object.entries(source.columns).map(
    ([name, column]) => `null::${sqlType(column.type)} as ${quoteName(name)}`
  );
  columns.push("null::varchar as _file", "null::bigint as _row");
  const [made] = await columnsOf(database, `select (${sql}\n) as x from (select ${columns.join(", ")})`);
  return made!.type;
}

/** Refuses what is not one expression over the row at hand: sub-queries, windows, aggregates, the clock, chance. */
async function checkSyntax(database: Database, sql: string, volatile: Set<string>): Promise<void> {
  const text = await database.value<string>("select json_serialize_sql($sql::varchar)", {
    sql: `select (${sql}\n) as x`
  });
  const tree = JSON.parse(text!) as {error: boolean; error_message?: string; statements?: {node: Node}[]};
  if (tree.error) throw new Error(tree.error_message ?? "not SQL");
  const node = tree.statements![0]!.node;
  const list = node.select_list as Node[] | undefined;
  const plain =
    tree.statements!.length === 1 &&
    node.type === "SELECT_NODE" &&
    list?.length === 1 &&
    (node.from_table as Node).type === "EMPTY" &&
    !node.where_clause &&
    (node.modifiers as Node[]).length === 0;
  if (!plain) throw new Error("not a single expression");
  for (const part of walk(list[0])) {
    if (part.class === "SUBQUERY") throw new Error("a mapping reads only its own row, not a sub-query");
    if (part.class === "WINDOW") throw new Error("a mapping reads only its own row, not a window");
    if (part.class === "STAR") throw new Error("name the columns instead of *");
    if (part.class === "PARAMETER") throw new Error("parameters have no value here");
    const column = part.class === "COLUMN_REF" ? String((part.column_names as string[])[0]).toLowerCase() : "";
    if (clock.has(column)) throw new Error(`${column} gives another result each time`);
    const name = part.class === "FUNCTION" ? String(part.function_name).toLowerCase() : undefined;
    if (name && volatile.has(name)) throw new Error(`${name}() gives another result each time`);
  }
}

/** Words that SQL reads as functions of the clock, though they look like columns. */
const clock = new Set(["current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "user"]);

type Node = Record<string, unknown>;

function* walk(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* walk(item);
  else if (value !== null && typeof value === "object") {
    yield value as Node;
    for (const item of Object.values(value)) yield* walk(item);
  }
}

let volatile: Set<string> | undefined;

/** The same for every database of this engine; the list costs more than a small file does. */
async function volatileFunctions(database: Database): Promise<Set<string>> {
  if (volatile) return volatile;
  const rows = await database.rows<{name: string}>(
    `select distinct function_name as name from duckdb_functions()
     where stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY') or function_type = 'aggregate'`
  );
  const others = ["current_setting", "getenv", "today", "get_current_time", "get_current_timestamp"];
  return (volatile = new Set([...rows.map((row) => row.name), ...others]));
}

function plainMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const first = message.split("\n")[0]!.replace(/^(Parser|Binder|Catalog|Conversion) Error: /, "");
  const hint = /Candidate bindings: (.*)/.exec(message);
  return (first.charAt(0).toLowerCase() + first.slice(1) + (hint ? `; did you mean ${hint[1]}?` : "")).trim();
}
