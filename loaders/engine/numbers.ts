import {DOUBLE, DuckDBDataChunk, INTEGER} from "@duckdb/node-api";
import type {Database} from "./database.js";

/** A column of numbers to be written. */
export interface NumberColumn {
  type: "integer" | "double";
  values: ArrayLike<number | null>;
}

/** A query's columns as numbers, each in an array of its own; null is 0. */
export async function readNumbers(database: Database, sql: string): Promise<Float64Array[]> {
  const result = await database.connection.run(sql);
  const chunks = await result.fetchAllChunks();
  const length = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns = Array.from({length: result.columnCount}, () => new Float64Array(length));
  let start = 0;
  for (const chunk of chunks) {
    columns.forEach((column, i) => {
      const vector = chunk.getColumnVector(i);
      for (let j = 0; j < vector.itemCount; ++j) column[start + j] = (vector.getItem(j) as number | null) ?? 0;
    });
    start += chunk.rowCount;
  }
  return columns;
}

/** Adds rows to a table of numbers, given as its columns. */
export async function appendNumbers(
  database: Database,
  {catalog, table}: {catalog: string; table: string},
  columns: NumberColumn[]
): Promise<void> {
  const length = columns[0]?.values.length ?? 0;
  const types = columns.map(({type}) => (type === "integer" ? INTEGER : DOUBLE));
  const appender = await database.connection.createAppender(table, "main", catalog);
  for (let start = 0; start < length; start += chunkSize) {
    const count = Math.min(chunkSize, length - start);
    const chunk = DuckDBDataChunk.create(types, count);
    columns.forEach(({values}, i) => {
      const vector = chunk.getColumnVector(i);
      for (let j = 0; j < count; ++j) vector.setItem(j, values[start + j]!);
      vector.flush();
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Of the engine's vectors. */
const chunkSize = 2048;
