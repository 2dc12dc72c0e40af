import {quoteColumn, quoteText} from "../../lib/sql.js";
import {columnsOf} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import type {Source} from "../workspace.js";
import type {Text} from "./bytes.js";
import type {Check} from "./checks.js";
import {IngestError} from "./errors.js";
import {firstRecord, guessDelimiter} from "./header.js";

export type Format = NonNullable<Source["format"]>;

/** A file as the engine reads it, as text. */
export interface Reader {
  format: Format;
  /** The file the engine opens: the landed one, or its UTF-8 copy. */
  path: string;
  gzip: boolean;
  /** SQL of the relation of raw columns `_c0` to `_c<width - 1>`; lenient: a second try for files of mixed line ends. */
  relation(lenient?: boolean): string;
  width: number;
  /** The fields' names in the file's order. */
  header: string[];
  /** SQL computed once per record, between the raw columns and the fields. */
  prelude?: string;
  /** The file's fields: name → SQL of its text over the raw columns and the prelude. */
  fields: Map<string, string>;
  /** Lines before the first record. */
  linesBefore: number;
  /** Whether nothing is known of the fields before the records are read. */
  open: boolean;
  /** Whether the engine puts what it cannot read into `reject_errors`. */
  storesErrors: boolean;
  checks: Check[];
  /** SQL that shows a refused row as JSON; `_raw` is the list of its raw columns. */
  raw: string;
}

/** The format of a file: as declared, else by its ending. */
export function formatOf(file: string, declared?: Format): {format: Format; gzip: boolean} {
  const gzip = /\.gz$/i.test(file);
  const ending = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase() ?? "";
  const known = new Map<string, Format>([
    ["csv", "csv"],
    ["txt", "csv"],
    ["tsv", "tsv"],
    ["tab", "tsv"],
    ["ndjson", "ndjson"],
    ["jsonl", "ndjson"],
    ["json", "json"],
    ["parquet", "parquet"]
  ]);
  const format = declared ?? known.get(ending);
  if (!format) throw new IngestError("unknown_format", "its ending says no format; set `format:` in the source");
  return {format, gzip};
}

export function isDelimited(format: Format): format is "csv" | "tsv" {
  return format === "csv" || format === "tsv";
}

/** Opens a file for the engine. */
export async function openReader(database: Database, source: Source, format: Format, text: Text): Promise<Reader> {
  if (format === "parquet") return parquetReader(database, text);
  if (format === "json" && text.head.trimStart().startsWith("{")) return jsonReader(source, "ndjson", text);
  return isDelimited(format) ? delimitedReader(source, format, text) : jsonReader(source, format, text);
}

/** The dialect in which a delimited file is written. */
export function dialectOf(source: Source, format: "csv" | "tsv", head: string) {
  const {quote, escape, skip} = source.dialect;
  let start = 0;
  for (let i = 0; i < skip; ++i) start = head.indexOf("\n", start) + 1 || head.length;
  const body = head.slice(start);
  const delimiter = source.dialect.delimiter ?? (format === "tsv" ? "\t" : guessDelimiter(body, quote));
  return {delimiter, quote, escape: quote && escape, body};
}

function delimitedReader(source: Source, format: "csv" | "tsv", text: Text): Reader {
  const {skip, header, nulls} = source.dialect;
  const {delimiter, quote, escape, body} = dialectOf(source, format, text.head);
  const first = firstRecord(body, {delimiter, quote, escape});
  if (!first) throw new IngestError("unterminated_quote", "a quote that opens in the header never closes");
  const names = header ? first.map((name) => name.trim()) : declaredFields(source);
  const options = [
    "auto_detect = false",
    `columns = {${names.map((_, i) => `'_c${i}': 'VARCHAR'`).join(", ")}}`,
    `delim = ${quoteText(delimiter)}`,
    `quote = ${quoteText(quote)}`,
    `escape = ${quoteText(escape)}`,
    `header = ${header}`,
    `skip = ${skip}`,
    `nullstr = [${(nulls.length > 0 ? nulls : ["\u0001\u0002"]).map(quoteText).join(", ")}]`,
    `compression = '${text.gzip ? "gzip" : "none"}'`,
    `parallel = ${text.quotedNewline === undefined}`,
    sizes,
    "ignore_errors = true",
    "store_rejects = true"
  ];
  return {
    format,
    path: text.path,
    gzip: text.gzip,
    relation: (lenient) => `read_csv(${quoteText(text.path)}, ${options.join(", ")}, strict_mode = ${!lenient})`,
    width: names.length,
    header: names,
    fields: fieldMap(names),
    linesBefore: skip + (header ? 1 : 0),
    open: false,
    storesErrors: true,
    checks: [],
    raw: `json_object(${names.map((name, i) => `${quoteText(name)}, _raw[${i + 1}]`).join(", ")})::varchar`
  };
}

/**
 * A thread takes a quarter of a buffer at a time, or the longest line where that is more: with the engine's own choice of
 * buffers one thread alone would read a day's file.
 */
const sizes = "max_line_size = 2000000, buffer_size = 8000000";

function jsonReader(source: Source, format: "ndjson" | "json", text: Text): Reader {
  const compression = `compression = '${text.gzip ? "gzip" : "none"}'`;
  const path = quoteText(text.path);
  // JSON holds no raw control characters, so that one as delimiter leaves every line whole.
  const relation =
    format === "ndjson"
      ? `read_csv(${path}, auto_detect = false, columns = {'_c0': 'VARCHAR'}, delim = '\u0007', quote = '', escape = '', header = false, ${compression}, ${sizes}, ignore_errors = true, store_rejects = true)`
      : `(select json::varchar as _c0 from read_json_objects(${path}, format = 'array', compression = '${text.gzip ? "gzip" : "uncompressed"}'))`;
  const names = declaredFields(source);
  const pointers = names.map((name) => quoteText(jsonPath(name)));
  const level = 0;
  return {
    format,
    path: text.path,
    gzip: text.gzip,
    relation: () => (format === "ndjson" ? `(from ${relation} where _c0 is not null)` : relation),
    width: 1,
    header: names,
    prelude: `try(json_extract_string(_c0, [${pointers.join(", ")}])) as _f`,
    fields: new Map(names.map((name, i) => [name, nullsSql(`_f[${i + 1}]`, source.dialect.nulls)])),
    linesBefore: 0,
    open: true,
    storesErrors: format === "ndjson",
    checks: [
      {
        code: "not_json",
        column: "",
        level,
        condition: "_f is null",
        value: "left(_c0, 200)",
        message: "the line is not JSON: one object per line is expected"
      },
      {
        code: "not_an_object",
        column: "",
        level,
        condition: "_f is not null and not starts_with(ltrim(_c0), '{')",
        value: "left(_c0, 200)",
        message: "the record is JSON but not an object with names"
      }
    ],
    raw: "case when json_valid(_raw[1]) then _raw[1] else to_json(_raw[1])::varchar end"
  };
}

async function parquetReader(database: Database, text: Text): Promise<Reader> {
  const file = `read_parquet(${quoteText(text.path)})`;
  const names = (await columnsOf(database, `from ${file}`)).map(({name}) => name);
  const list = names.map((name, i) => `${quoteColumn(name)}::varchar as _c${i}`).join(", ");
  return {
    format: "parquet",
    path: text.path,
    gzip: false,
    relation: () => `(select ${list} from ${file})`,
    width: names.length,
    header: names,
    fields: fieldMap(names),
    linesBefore: 0,
    open: false,
    storesErrors: false,
    checks: [],
    raw: `json_object(${names.map((name, i) => `${quoteText(name)}, _raw[${i + 1}]`).join(", ")})::varchar`
  };
}

/** The first of several fields of one name counts; a mapped name must not occur twice (`matchColumns`). */
function fieldMap(names: string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [i, name] of names.entries()) if (!fields.has(name)) fields.set(name, `_c${i}`);
  return fields;
}

/** The names under which the declared columns stand in a file. */
export function declaredFields(source: Source): string[] {
  const names = Object.entries(source.columns).map(([name, column]) => column.from ?? name);
  return [...new Set(names)].filter((name) => name !== "_file" && name !== "_row");
}

/** `a.b` reaches into a nested object; a name that starts with `$` is a JSON path as it stands. */
function jsonPath(name: string): string {
  if (name.startsWith("$")) return name;
  return `$${name
    .split(".")
    .map((part) => `."${part.replaceAll('"', '\\"')}"`)
    .join("")}`;
}

function nullsSql(text: string, nulls: string[]): string {
  if (nulls.length === 0) return text;
  return `case when ${text} not in (${nulls.map(quoteText).join(", ")}) then ${text} end`;
}
