import type {FileFormat} from "../../../lib/definitions/fileFormat.js";
import {quoteColumn} from "../../../lib/sql.js";
import type {Column} from "../../engine/columns.js";
import type {Database} from "../../engine/database.js";

/** A column of an exported file. */
export interface ExportColumn extends Column {
  /** Where it comes from. */
  sql: string;
  /** Whether its texts are ours, and none runs. */
  isOurs?: boolean;
}

/** The fields of a table's struct `fields`, and its action. */
export function exportColumns(fields: Column[], actionColumn: string): ExportColumn[] {
  return [
    ...fields.map(({name, type}) => ({name, type, sql: `fields.${quoted(name)}`})),
    {name: actionColumn, type: "VARCHAR", sql: "action::varchar", isOurs: true}
  ];
}

/**
 * The select list of an export of a table: nested values as JSON where a format has no place for them, and no cell that
 * runs. Most columns hold none in a million cells: to look once is cheaper than to ask each cell as it is written.
 */
export async function exportList(
  database: Database,
  table: string,
  columns: ExportColumn[],
  format: FileFormat
): Promise<string> {
  const cells = columns.map((column) => ({...column, sql: cellSql(column, format)}));
  const texts =
    format.format === "csv" && format.neutralise ? cells.filter(({type, isOurs}) => isText(type) && !isOurs) : [];
  const where = async (some: ExportColumn[], condition: (sql: string) => string) => {
    const asked = some.map(({sql}, i) => `exists (from ${table} where ${condition(sql)}) as "${i}"`);
    const found = asked.length > 0 ? await database.row<Record<string, boolean>>(`select ${asked.join(", ")}`) : {};
    return some.filter((_, i) => found![i]);
  };
  // The engine knows the least and the greatest text of every hundred thousand: nearly always that answers it.
  const odd = [
    ...(await where(texts, (sql) => `${sql} < '0'`)),
    ...(await where(texts, (sql) => `${sql} >= '{'`)),
    ...(await where(texts, (sql) => `${sql} >= ':' and ${sql} < 'A'`))
  ];
  const runs = new Set((await where([...new Set(odd)], runsSql)).map(({name}) => name));
  const guarded = (sql: string) => `case when ${runsSql(sql)} then '''' || ${sql} else ${sql} end`;
  return cells.map(({name, sql}) => `${runs.has(name) ? guarded(sql) : sql} as ${quoted(name)}`).join(", ");
}

function cellSql({type, sql}: ExportColumn, {format}: FileFormat): string {
  if (format !== "csv") return sql;
  if (type.startsWith("ENUM")) return `${sql}::varchar`;
  return isNested(type) ? `to_json(${sql})::varchar` : sql;
}

function isNested(type: string): boolean {
  return /[[\](]/.test(type) && !type.startsWith("DECIMAL") && !type.startsWith("ENUM");
}

function isText(type: string): boolean {
  return type === "VARCHAR" || type === "JSON" || type.startsWith("ENUM") || isNested(type);
}

// What a spreadsheet takes for a formula begins with one of these; a plain number or phone number does not run.
// https://owasp.org/www-community/attacks/CSV_Injection
function runsSql(sql: string): string {
  return `case when ${sql} >= 'A' and ${sql} < '{' or ${sql} >= '0' and ${sql} < ':' then false
    else regexp_matches(${sql}, '^(?:[ \\x{a0}]*[=+\\-@＝＋－＠]|[\\t\\n\\r])')
      and not regexp_full_match(${sql}, '[+-]?[0-9][0-9 .,]*') end`;
}

function quoted(name: string): string {
  return quoteColumn(name);
}
