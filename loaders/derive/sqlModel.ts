import {checkDefinition, type Mistake} from "../../lib/definitions/check.js";
import {modelHeader} from "../../lib/definitions/model.js";
import {quoteName} from "../../lib/sql.js";
import type {Database, Parameters} from "../engine/database.js";
import {fingerprintOf} from "../engine/fingerprintOf.js";
import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";
import {partitionStart} from "./partition.js";
import {parseSql, SqlSyntaxError, type Syntax} from "./syntax.js";

export interface SqlFile {
  /** For messages. */
  file: string;
  text: string;
  isBuiltIn: boolean;
}

/** Reads a SQL model: its header, what it reads, how it is built. Returns every mistake found. */
export async function sqlModel(
  database: Database,
  workspace: Workspace,
  {file, text, isBuiltIn}: SqlFile
): Promise<{node?: GraphNode; mistakes: Mistake[]}> {
  const at = (offset: number, message: string): Mistake => ({file, line: lineAt(text, offset), path: "", message});
  const match = /^\s*\/\* ---[ \t]*\r?\n([\s\S]*?)\r?\n?--- \*\//.exec(text);
  if (!match) return {mistakes: [at(0, "no header: a model begins with /* --- , YAML, --- */")]};
  const first = lineAt(text, text.indexOf("/* ---"));
  const {value: header, mistakes} = checkDefinition(file, match[1]!, modelHeader);
  for (const mistake of mistakes) mistake.line += first;
  let syntax: Syntax | undefined;
  try {
    syntax = await parseSql(database, text);
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    mistakes.push(at(error.position === undefined ? match[0].length : charOffset(text, error.position), error.message));
  }
  if (syntax) {
    const find = (word: string) => {
      const found = text
        .slice(match[0].length)
        .search(new RegExp(`(?<!\\w)${word.replace(/\W/g, "\\$&")}(?!\\w)`, "i"));
      return match[0].length + Math.max(found, 0);
    };
    for (const [name, message] of refused(syntax, isBuiltIn)) mistakes.push(at(find(name), message));
  }
  if (header) {
    const schema = header.name.split(".")[0]!;
    const line = lineAt(text, text.search(/^name:/m));
    const refuse = (message: string) => mistakes.push({file, line, path: "name", message});
    if (!isBuiltIn && reserved.has(schema))
      refuse(`name: the schema "${schema}" is Tenfold's own: use derived or insights`);
    if (header.name.endsWith("__new")) refuse(`name: "${header.name}" ends in __new, which the runner uses`);
  }
  if (mistakes.length > 0 || !header || !syntax) return {mistakes};
  const values: Record<string, string> = {time_zone: workspace.time_zone, currency: workspace.currency};
  const used = syntax.parameters.filter((name) => name !== "as_of").map((name) => [name, values[name]!] as const);
  const order = !syntax.isOrdered && header.key.length > 0 ? `order by ${header.key.map(quoteName).join(", ")}` : "";
  const query = text.trim().replace(/;$/, "");
  const node: GraphNode = {
    name: header.name,
    header,
    file,
    inputs: syntax.tables,
    fingerprint: fingerprintOf([text, used]),
    usesAsOf: syntax.parameters.includes("as_of"),
    sql: text,
    async build(context) {
      const parameters: Parameters = Object.fromEntries(used);
      if (node.usesAsOf) parameters.as_of = context.asOf;
      const column = header.refresh === "full" ? undefined : header.refresh.partition;
      const start = column && (await partitionStart(context, node, column));
      const rows = start
        ? `from ${quoteName(header.name)} where ${quoteName(column)} < ${start}
           union all by name from (\n${query}\n) where ${quoteName(column)} >= ${start} or ${quoteName(column)} is null`
        : query;
      const target = quoteName(`${header.name}__new`);
      await context.database.run(`create table ${target} as from (\n${rows}\n) ${order}`, parameters);
    }
  };
  return {mistakes, node};
}

const parameters = new Set(["as_of", "time_zone", "currency"]);
const reserved = new Set([
  "landing",
  "core",
  "runs",
  "records",
  "main",
  "temp",
  "system",
  "information_schema",
  "pg_catalog"
]);
const plainTableFunctions = new Set(["unnest", "range", "generate_series"]);
const clocks = new Set([
  "now", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "today",
  "get_current_time", "get_current_timestamp", "transaction_timestamp"
]); // prettier-ignore
const chances = new Set(["random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "nextval"]);

/** Words of a model that it may not use, each with the message. */
export function refused(syntax: Syntax, isBuiltIn: boolean): [string, string][] {
  const result: [string, string][] = [];
  for (const name of syntax.parameters) {
    if (!parameters.has(name)) {
      result.push([`$${name}`, `unknown parameter "$${name}": there are $as_of, $time_zone and $currency`]);
    }
  }
  for (const name of syntax.functions) {
    if (clocks.has(name)) result.push([name, `${name} gives other rows at every run: use $as_of`]);
    if (chances.has(name)) result.push([name, `${name} gives other rows at every run: use hash(key, 'purpose')`]);
  }
  if (isBuiltIn) return result;
  for (const name of syntax.tableFunctions) {
    if (plainTableFunctions.has(name)) continue;
    result.push([name, `a model reads tables only, not ${name}(): let a source take the file in`]);
  }
  return result;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, Math.max(offset, 0)).split("\n").length;
}

/** DuckDB counts bytes. */
function charOffset(text: string, bytes: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes)).length;
}
