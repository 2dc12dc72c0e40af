import {
  Bool,
  DateMillisecond,
  Float64,
  Int32,
  RecordBatch,
  Schema,
  Field,
  Struct,
  Table,
  TimestampMillisecond,
  Utf8,
  makeData,
  tableToIPC,
  vectorFromArray,
  type Data,
  type DataType
} from "apache-arrow";
import {quoteColumn} from "../../lib/sql.js";
import {formatIdSql} from "../../lib/surrogate.js";
import type {TableColumns} from "../engine/columns.js";
import type {Database} from "../engine/database.js";

/** The few types that every reader of the site knows. */
export type ArrowType = "text" | "number" | "integer" | "boolean" | "date" | "timestamp";

export interface ArrowColumn {
  name: string;
  type: ArrowType;
  /** Text, numbers, booleans; dates and timestamps as milliseconds since the epoch. */
  values: (string | number | boolean | null)[];
}

/** Columns as an Arrow IPC stream: the same columns give the same bytes. */
export function arrowBytes(columns: ArrowColumn[]): Uint8Array {
  const length = columns[0]?.values.length ?? 0;
  const fields = columns.map(({name, type}) => new Field(name, types[type](), true));
  const schema = new Schema(fields);
  const children = columns.map((column, i) => data(fields[i]!.type, column));
  const batch = new RecordBatch(schema, makeData({type: new Struct(fields), length, nullCount: 0, children}));
  return tableToIPC(new Table(schema, [batch]), "stream");
}

/** Reads a table's columns in the site's types; the order is the table's. */
export async function readColumns(database: Database, {from, columns: given}: TableColumns): Promise<ArrowColumn[]> {
  const columns = given.map(({name, type}) => ({name, ...read(name, type)}));
  const selected = columns.map(({name, expression}) => `${expression} as ${quoteColumn(name)}`);
  const reader = await database.connection.runAndReadAll(`select ${selected.join(", ")} from ${from}`);
  const values = reader.getColumns();
  return columns.map(({name, type}, i) => ({name, type, values: (values[i] ?? []) as ArrowColumn["values"]}));
}

/** How a DuckDB column is read: the site's type, and the expression that gives it. */
function read(name: string, duckdbType: string): {type: ArrowType; expression: string} {
  const column = quoteColumn(name);
  const type = duckdbType.replace(/\(.*$/, "");
  if (isProfileId(name, type)) return {type: "text", expression: formatIdSql(column)};
  if (/^(VARCHAR|ENUM|UUID)$/.test(type)) return {type: "text", expression: `${column}::varchar`};
  if (/^(TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT)$/.test(duckdbType)) {
    return {type: "integer", expression: `${column}::integer`};
  }
  if (/^(U?BIGINT|U?HUGEINT|UINTEGER|DOUBLE|FLOAT|DECIMAL)$/.test(type)) {
    return {type: "number", expression: `${column}::double`};
  }
  if (duckdbType === "BOOLEAN") return {type: "boolean", expression: column};
  if (duckdbType === "DATE") return {type: "date", expression: `epoch_ms(${column}::timestamp)::double`};
  if (type.startsWith("TIMESTAMP")) return {type: "timestamp", expression: `epoch_ms(${column}::timestamp)::double`};
  return {type: "text", expression: `to_json(${column})::varchar`};
}

/** Surrogate ids leave the warehouse as people see them: a browser's numbers are too short for them. */
export function isProfileId(name: string, type: string): boolean {
  return type === "UBIGINT" && (name === "profile_id" || name === "identity_id");
}

const types: Record<ArrowType, () => DataType> = {
  text: () => new Utf8(),
  number: () => new Float64(),
  integer: () => new Int32(),
  boolean: () => new Bool(),
  date: () => new DateMillisecond(),
  timestamp: () => new TimestampMillisecond()
};

function data(type: DataType, {type: kind, values}: ArrowColumn): Data {
  const length = values.length;
  if (kind === "text" || kind === "boolean") {
    return length === 0
      ? makeData({type: type as Utf8, length: 0, nullCount: 0})
      : vectorFromArray(values, type).data[0]!;
  }
  const nullBitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let nullCount = 0;
  // Filled by a loop: `from` with a function takes ten times as long.
  const numbers = kind === "integer" ? new Int32Array(length) : new Float64Array(length);
  for (let i = 0; i < length; ++i) {
    const value = values[i] as number | null;
    if (value === null) ++nullCount;
    else {
      nullBitmap[i >> 3]! |= 1 << (i & 7);
      numbers[i] = value;
    }
  }
  const buffer = kind === "date" || kind === "timestamp" ? BigInt64Array.from(numbers, BigInt) : numbers;
  return makeData({type: type as Float64, length, nullCount, nullBitmap, data: buffer as unknown as Float64Array});
}
