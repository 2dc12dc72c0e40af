import {mkdir, rm, stat, writeFile} from "node:fs/promises";
import {join} from "node:path";
import type {FileFormat} from "../../../lib/definitions/fileFormat.js";
import {fileEnding} from "../../../lib/files/fileName.js";
import {quoteText} from "../../../lib/sql.js";
import {columnsOf} from "../../engine/columns.js";
import type {Database} from "../../engine/database.js";
import type {PreparedFile} from "../destination.js";
import {exportColumns, exportList, type ExportColumn} from "./columns.js";
import {encryptFile} from "./encrypt.js";
import {manifestName, type Manifest} from "./manifest.js";
import {sha256Of} from "./sha256.js";

export interface Export {
  database: Database;
  /** A table with `place` (from 0, without gaps, in this order), `action` and the struct `fields`. */
  table: string;
  format: FileFormat;
  /** Where the files are made. */
  folder: string;
  /** The workspace's folder, that `encrypt_for` is relative to. */
  root: string;
  /** What all of the delivery's files are called, without their ending. */
  base: string;
  about: Omit<Manifest, "file" | "rows" | "bytes" | "sha256" | "actions" | "part" | "parts" | "format" | "schema">;
}

/** The names that an export of so many rows would take, manifests included. */
export function exportNames(base: string, rows: number, format: FileFormat): string[] {
  return partNames(base, rows, format).flatMap((name) => [name, manifestName(name)]);
}

/** Writes a table as files of at most `max_rows`, each with its manifest after it. No rows make one file without any. */
export async function exportFiles(made: Export): Promise<PreparedFile[]> {
  const {database, table, format, folder} = made;
  await mkdir(folder, {recursive: true});
  const rows = (await database.value<number>(`select count(*) from ${table}`))!;
  const {columns, write} = await tableWriter(database, table, format);
  const names = partNames(made.base, rows, format);
  const files: PreparedFile[] = [];
  for (const [i, name] of names.entries()) {
    const where =
      names.length > 1 ? `where place >= ${i * format.max_rows} and place < ${(i + 1) * format.max_rows}` : "";
    const path = join(folder, name);
    const plain = format.encrypt_for ? `${path}.plain` : path;
    await write(plain, where);
    if (format.encrypt_for) {
      await encryptFile(plain, path, format.encrypt_for, made.root);
      await rm(plain);
    }
    const [file, counts] = await Promise.all([
      prepared(path, name),
      database.rows<{action: string; rows: number}>(
        `select action, count(*) as rows from ${table} ${where} group by action order by action::varchar`
      )
    ]);
    const manifest: Manifest = {
      file: name,
      rows: counts.reduce((sum, one) => sum + one.rows, 0),
      bytes: file.bytes,
      sha256: file.sha256,
      actions: Object.fromEntries(counts.map((one) => [one.action, one.rows])),
      part: i + 1,
      parts: names.length,
      ...made.about,
      format: format.format,
      schema: columns.map(({name, type}) => ({name, type}))
    };
    const beside = join(folder, manifestName(name));
    await writeFile(beside, `${JSON.stringify(manifest, undefined, 2)}\n`);
    files.push(file, await prepared(beside, manifestName(name)));
  }
  return files;
}

/** What writes a table's rows, all or some, as a file in a format; and the columns it has then. */
export async function tableWriter(
  database: Database,
  table: string,
  format: FileFormat
): Promise<{columns: ExportColumn[]; write(path: string, where?: string): Promise<void>}> {
  const columns = exportColumns(await columnsOf(database, `select unnest(fields) from ${table}`), format.action_column);
  const list = await exportList(database, table, columns, format);
  const write = (path: string, where = "") =>
    database.run(`copy (select ${list} from ${table} ${where}) to ${quoteText(path)} (${copyOptions(format)})`);
  return {columns, write};
}

function partNames(base: string, rows: number, format: FileFormat): string[] {
  const parts = Math.max(1, Math.ceil(rows / format.max_rows));
  const digits = String(parts).length;
  return Array.from({length: parts}, (_, i) =>
    parts === 1 ? base + fileEnding(format) : `${base}.${String(i + 1).padStart(digits, "0")}${fileEnding(format)}`
  );
}

function copyOptions({format, compress, delimiter}: FileFormat): string {
  const gzip = compress === "gzip";
  switch (format) {
    case "csv":
      return `format csv, header, delimiter ${quoteText(delimiter)}, timestampformat '%Y-%m-%dT%H:%M:%SZ'${gzip ? ", compression gzip" : ""}`;
    case "ndjson":
      return `format json, timestampformat '%Y-%m-%dT%H:%M:%SZ'${gzip ? ", compression gzip" : ""}`;
    case "parquet":
      return `format parquet, compression ${gzip ? "gzip" : "zstd"}`;
  }
}

async function prepared(path: string, name: string): Promise<PreparedFile> {
  const {size} = await stat(path);
  return {path, name, bytes: size, sha256: await sha256Of(path)};
}
