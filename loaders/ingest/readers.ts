import type {Source} from "../workspace.js";
import {quoteName, quoteText, type Database} from "../engine/database.js";
import {castSql, textName} from "./columns.js";
import {IngestError} from "./errors.js";
import {firstRecord, guessDelimiter, type Dialect} from "./header.js";

export type Format = NonNullable<Source["format"]>;

/** A file as the engine reads it: every field as text, `_c0`, `_c1`, … */
export interface Reader {
  format: Format;
  /** SQL of the relation of raw fields. */
  relation: string;
  /** Names of the raw fields, as the file has them. */
  fields: string[];
  /** Lines before the first record. */
  linesBefore: number;
}

/** The format of a file: as declared, else by its ending. */
export function formatOf(file: string, declared?: Format): {format: Format; gzip: boolean} {
  const gzip = /\.gz$/i.test(file);
  const ending = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase();
  const known: Record<string, Format> = {
    csv: "csv",
    txt: "csv",
    tsv: "tsv",
    tab: "tsv",
    ndjson: "ndjson",
    jsonl: "ndjson",
    json: "json",
    parquet: "parquet"
  };
  const format = declared ?? known[ending ?? ""];
  if (!format) throw new IngestError("unknown_format", `cannot tell the format from the ending; set \`format:\``);
  return {format, gzip};
}

/** Opens delimited text whose encoding and dialect are known. */
export function delimitedReader(
  path: string,
  head: string,
  format: "csv" | "tsv",
  source: Source,
  gzip: boolean
): Reader {
  const {skip, header} = source.dialect;
  let start = 0;
  for (let i = 0; i < skip; ++i) start = head.indexOf("\n", start) + 1 || head.length;
  const body = head.slice(start);
  const {quote, escape} = source.dialect;
  const delimiter = source.dialect.delimiter ?? (format === "tsv" ? "\t" : guessDelimiter(body, quote));
  const dialect: Dialect = {delimiter, quote, escape};
  const first = firstRecord(body, dialect);
  if (!first) throw new IngestError("unterminated_quote", "a quote that opens in the header never closes");
  const fields = header ? first.map((name) => name.trim()) : namesWithoutHeader(source);
  const columns = fields.map((_, i) => `'_c${i}': 'VARCHAR'`).join(", ");
  const options = [
    "auto_detect = false",
    `columns = {${columns}}`,
    `delim = ${quoteText(delimiter)}`,
    `quote = ${quoteText(quote)}`,
    `escape = ${quoteText(quote && escape)}`,
    `header = ${header}`,
    `skip = ${skip}`,
    `nullstr = ${quoteText("\u0001\u0002null\u0002\u0001")}`,
    `compression = '${gzip ? "gzip" : "none"}'`,
    "ignore_errors = true",
    "store_rejects = true"
  ];
  const relation = `read_csv(${quoteText(path)}, ${options.join(", ")})`;
  return {format, relation, fields, linesBefore: skip + (header ? 1 : 0)};
}

function namesWithoutHeader(source: Source): string[] {
  return Object.entries(source.columns)
    .map(([name, column]) => column.from ?? name)
    .filter((from) => from !== "_file" && from !== "_row");
}

/** Opens newline-delimited JSON, a JSON array or Parquet. */
export async function structuredReader(
  database: Database,
  path: string,
  format: "ndjson" | "json" | "parquet",
  source: Source,
  gzip: boolean
): Promise<Reader> {
  if (format === "parquet") {
    const columns = await database.rows<{column_name: string; column_type: string}>(
      `describe from read_parquet(${quoteText(path)})`
    );
    const list = columns.map(({column_name}, i) => `${quoteOne(column_name)}::varchar as _c${i}`).join(", ");
    const relation = `(select ${list} from read_parquet(${quoteText(path)}))`;
    return {format, relation, fields: columns.map((column) => column.column_name), linesBefore: 0};
  }
  const fields = namesWithoutHeader(source);
  const paths = fields.map((name) => quoteText(`$."${name.replaceAll('"', '\\"')}"`));
  const record =
    format === "ndjson"
      ? `read_csv(${quoteText(path)}, auto_detect = false, columns = {'json': 'VARCHAR'}, delim = '\x07', quote = '', escape = '', header = false, compression = '${gzip ? "gzip" : "none"}', ignore_errors = true, store_rejects = true)`
      : `read_json_objects(${quoteText(path)}, format = 'array', compression = '${gzip ? "gzip" : "uncompressed"}')`;
  const extracted = `(select json_extract_string(json, [${paths.join(", ")}]) as _f from ${record} where json_valid(json))`;
  const relation = `(select ${fields.map((_, i) => `_f[${i + 1}] as _c${i}`).join(", ")} from ${extracted})`;
  return {format, relation, fields, linesBefore: 0};
}

function quoteOne(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The declared columns over raw fields: a text `_t_<name>` (null where the file says nothing) and the typed value under
 * the column's own name. `fields` are the raw fields' names; `file` and `row` are what `_file` and `_row` stand for.
 */
export function typedRelation(
  relation: string,
  source: Source,
  fields: string[],
  {file, row, zone}: {file: string; row: string; zone: string}
): string {
  const texts: string[] = [];
  const typed: string[] = [];
  for (const [name, column] of Object.entries(source.columns)) {
    const from = column.from ?? name;
    const at = fields.indexOf(from);
    const text =
      from === "_file"
        ? quoteText(file)
        : from === "_row"
          ? `(${row})::varchar`
          : nullsSql(`_c${at}`, source.dialect.nulls);
    texts.push(`${text} as ${textName(name)}`);
    typed.push(`${castSql(textName(name), column, source, zone)} as ${quoteName(name)}`);
  }
  return `(select *, ${typed.join(", ")} from (select *, ${texts.join(", ")} from ${relation}))`;
}

function nullsSql(text: string, nulls: string[]): string {
  if (nulls.length === 0) return text;
  if (nulls.length === 1) return `nullif(${text}, ${quoteText(nulls[0]!)})`;
  return `case when ${text} not in (${nulls.map(quoteText).join(", ")}) then ${text} end`;
}
