import {nearest} from "../../lib/definitions/nearest.js";
import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {Progress} from "../engine/progress.js";
import type {Source} from "../workspace.js";
import {IngestError} from "./errors.js";
import {declaredFields, type Reader} from "./readers.js";

/**
 * Matches a file's header with the source's columns by name, in whatever order they stand. Fails on a column that is
 * missing or stands twice; columns that nobody declared are told, ignored or refused, as the source says.
 */
export async function matchColumns(
  database: Database,
  source: Source,
  reader: Reader,
  file: string,
  progress: Progress
): Promise<void> {
  const {header} = reader;
  const declared = declaredFields(source);
  if (!reader.open) {
    const twice = declared.find((name) => header.filter((other) => other === name).length > 1);
    if (twice !== undefined)
      throw new IngestError("duplicate_column", `two columns are called ${JSON.stringify(twice)}`);
    const missing = declared.filter((name) => !reader.fields.has(name));
    if (missing.length > 0)
      throw new IngestError(
        "missing_column",
        `${describeMissing(missing, declared, header)}; declared in ${source.file}`
      );
  }
  if (source.unknown_columns === "ignore") return;
  const names = reader.open ? await keysOf(database, reader) : header;
  const unknown = [...new Set(names)].filter(
    (name) => !declared.some((one) => one === name || one.startsWith(`${name}.`))
  );
  if (unknown.length === 0) return;
  const list = unknown.map((name) => JSON.stringify(name)).join(", ");
  if (source.unknown_columns === "fail") {
    throw new IngestError(
      "unknown_column",
      `columns that the source does not declare: ${list}; see \`unknown_columns\``
    );
  }
  progress.warn(`${file}: columns that ${source.file} does not declare: ${list}`);
}

/** Every missing column with the nearest that nobody declared; the header itself where one has none. */
function describeMissing(missing: string[], declared: string[], header: string[]): string {
  const unknown = header.filter((other) => !declared.includes(other));
  const near = missing.map((name) => nearest(name, unknown.length > 0 ? unknown : header));
  const list = missing.map(
    (name, i) => JSON.stringify(name) + (near[i] ? ` (did you mean ${JSON.stringify(near[i])}?)` : "")
  );
  const hint = near.every(Boolean) ? "" : `; the header has ${header.join(", ")}`;
  return `no column ${list.join(", no column ")}${hint}`;
}

// Every key of every record costs a second parse of the file: the first ten thousand records are asked.
async function keysOf(database: Database, reader: Reader): Promise<string[]> {
  const rows = await database.rows<{name: string}>(
    `select distinct unnest(try(json_keys(_c0))) as name from (from ${reader.relation()} limit 10000)
     where starts_with(ltrim(_c0), ${quoteText("{")}) order by name`
  );
  return rows.map((row) => row.name);
}
