import type {FileFormat} from "../../../lib/definitions/fileFormat.js";
import {quoteName, quoteText} from "../../engine/database.js";

/** A column of an exported file. */
export interface ExportColumn {
  name: string;
  /** DuckDB's. */
  type: string;
  /** Where it comes from. */
  sql: string;
}

/** The select list of an export: nested values as JSON where a format has no place for them, and no cell that runs. */
export function exportList(columns: ExportColumn[], format: FileFormat): string {
  return columns.map(({name, type, sql}) => `${cell(sql, type, format)} as "${name.replaceAll('"', '""')}"`).join(", ");
}

/** The fields of a table's struct `fields`, and its action. */
export function exportColumns(fields: {name: string; type: string}[], actionColumn: string): ExportColumn[] {
  const inner = (name: string) => `fields."${name.replaceAll('"', '""')}"`;
  return [
    ...fields.map(({name, type}) => ({name, type, sql: inner(name)})),
    {name: actionColumn, type: "VARCHAR", sql: quoteName("action")}
  ];
}

function cell(sql: string, type: string, {format, neutralise}: FileFormat): string {
  if (format !== "csv") return sql;
  if (/[[\](]/.test(type) && !type.startsWith("DECIMAL")) return guard(`to_json(${sql})::varchar`, neutralise);
  if (type === "VARCHAR") return guard(sql, neutralise);
  return type.startsWith("ENUM") ? guard(`${sql}::varchar`, neutralise) : sql;
}

// What a spreadsheet takes for a formula begins with one of these; a plain number or phone number does not run.
// https://owasp.org/www-community/attacks/CSV_Injection
function guard(sql: string, neutralise: boolean): string {
  if (!neutralise) return sql;
  const starts = ["=", "+", "-", "@", "＝", "＋", "－", "＠"].map(quoteText).join(", ");
  // Nearly every cell begins with a letter or digit, which two comparisons of its first bytes tell.
  return `case when ${sql} >= 'A' and ${sql} < '{' then ${sql} when ${sql} >= '0' and ${sql} < ':' then ${sql}
    when (left(${sql}, 1) in (${starts}, chr(9), chr(10), chr(13))
    or left(ltrim(${sql}, ' ' || chr(160)), 1) in (${starts}))
    and not regexp_full_match(${sql}, '[+-]?[0-9][0-9 .,]*') then '''' || ${sql} else ${sql} end`;
}
