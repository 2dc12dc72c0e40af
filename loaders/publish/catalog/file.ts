import type {ArrowColumn, ArrowType} from "../arrow.js";

export interface CatalogFile {
  name: string;
  columns: ArrowColumn[];
}

type Value = string | number | boolean | null;

/** Rows as columns of the shape given. */
export function catalogFile(
  name: string,
  shape: Record<string, ArrowType>,
  rows: Record<string, Value>[]
): CatalogFile {
  const columns = Object.entries(shape).map(([column, type]): ArrowColumn => ({
    name: column,
    type,
    values: rows.map((row) => row[column] ?? null)
  }));
  return {name, columns};
}
