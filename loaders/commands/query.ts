import {
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  type DuckDBResult,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  StatementType
} from "@duckdb/node-api";
import {formatId} from "../../lib/surrogate.js";
import {toPlain} from "../engine/database.js";
import {openSnapshot} from "../engine/snapshot.js";
import {readWorkspace, showPath, tenfold} from "../workspace.js";
import {UsageError, wholeNumber, workspaceOptions, type Call, type Command} from "./command.js";
import {count, textTable, toJson} from "./text.js";

const formats = ["table", "csv", "json"] as const;

export const queryCommand: Command = {
  name: "query",
  summary: "read-only SQL over what the last refresh left",
  positionals: ['"SQL"'],
  options: {
    ...workspaceOptions,
    format: {type: "string", value: "FORMAT", description: "table (default), csv or json; csv and json give every row"},
    limit: {type: "string", value: "N", description: "rows that a table shows (default 40, 0 for all)"}
  },
  details: ["profile_id and identity_id are shown as the 13 characters that pages show."],
  async run(call) {
    const format = call.json ? "json" : (call.text("format") ?? "table");
    if (!formats.some((f) => f === format))
      throw new UsageError(`--format ${format}: expected table, csv or json`, "query");
    const limit = wholeNumber(call, "limit") ?? 40;
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    const database = await openSnapshot(workspace);
    if (!database)
      throw new Error(`nothing in ${showPath(workspace.warehouse)} yet: run \`${tenfold(workspace.root, "refresh")}\``);
    try {
      await database.run("set enable_external_access = false; set lock_configuration = true");
      const statements = await database.connection.extractStatements(call.positionals[0]!);
      if (statements.count !== 1) throw new UsageError(`expected one SQL statement, not ${statements.count}`, "query");
      const statement = await statements.prepare(0);
      if (!readable.has(statement.statementType)) {
        throw new UsageError("read-only: expected a select, describe, show, summarize or explain", "query");
      }
      const result = await statement.stream();
      await (format === "table" ? table : format === "csv" ? csv : json)(result, call, limit);
    } finally {
      database.close();
    }
  }
};

const readable = new Set([StatementType.SELECT, StatementType.EXPLAIN, StatementType.PRAGMA, StatementType.CALL]);

async function table(result: DuckDBResult, call: Call, limit: number): Promise<void> {
  const names = result.deduplicatedColumnNames();
  const shown: string[][] = [];
  let n = 0;
  for await (const row of rows(result)) {
    if (limit === 0 || n < limit) shown.push(row.map((value) => oneLine(text(value))));
    ++n;
  }
  const foot =
    shown.length < n ? `showing ${count(shown.length)} of ${count(n)} rows` : `${count(n)} ${n === 1 ? "row" : "rows"}`;
  await call.print(`${[...textTable(names, shown), foot].join("\n")}\n`);
}

async function csv(result: DuckDBResult, call: Call): Promise<void> {
  let buffer = `${result.deduplicatedColumnNames().map(quote).join(",")}\n`;
  for await (const row of rows(result)) {
    buffer += `${row.map((value) => quote(text(value))).join(",")}\n`;
    if (buffer.length > 65_536) {
      await call.print(buffer);
      buffer = "";
    }
  }
  await call.print(buffer);
}

async function json(result: DuckDBResult, call: Call): Promise<void> {
  const names = result.deduplicatedColumnNames();
  let buffer = "[";
  let before = "\n";
  for await (const row of rows(result)) {
    buffer +=
      before +
      toJson(Object.fromEntries(row.map((value, i) => [names[i], toPlain(value as DuckDBValue)])), 0).trimEnd();
    before = ",\n";
    if (buffer.length > 65_536) {
      await call.print(buffer);
      buffer = "";
    }
  }
  await call.print(`${buffer}${before === "\n" ? "" : "\n"}]\n`);
}

type Cell = DuckDBValue | string;

async function* rows(result: DuckDBResult): AsyncGenerator<Cell[]> {
  const names = result.columnNames();
  const types = result.columnTypes();
  const isId = names.map((name, i) => isSurrogate(name, types[i]!));
  for await (const chunk of result.yieldRows()) {
    for (const row of chunk) {
      yield row.map((value, i) => (isId[i] && typeof value === "bigint" ? formatId(value) : value));
    }
  }
}

function isSurrogate(name: string, type: DuckDBType): boolean {
  return /^(profile|identity)_id$/.test(name) && type.typeId === DuckDBTypeId.UBIGINT;
}

function text(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (value instanceof DuckDBTimestampValue) return (toPlain(value) as Date).toISOString().replace(".000Z", "Z");
  if (value instanceof DuckDBDecimalValue || typeof value !== "object") return String(value);
  const simple = toPlain(value);
  return typeof simple === "object" ? toJson(simple, 0).trimEnd() : String(simple);
}

function oneLine(value: string): string {
  const flat = value.replace(/[\r\n\t]+/g, " ");
  return flat.length > 80 ? `${flat.slice(0, 79)}…` : flat;
}

function quote(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
