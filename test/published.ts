import {readFileSync} from "node:fs";
import {join} from "node:path";
import {tableFromIPC, type Table} from "apache-arrow";
import {publishedFolder} from "../loaders/publish/published.js";

/** A published Arrow file of a warehouse, by its name without the ending. */
export function publishedTable(warehouse: string, name: string): Table {
  return tableFromIPC(readFileSync(join(publishedFolder(warehouse)!, `${name}.arrow`)));
}

/** Its rows; numbers that JSON cannot hold as JavaScript's. */
export function publishedRows(warehouse: string, name: string): Record<string, unknown>[] {
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);
  return publishedTable(warehouse, name)
    .toArray()
    .map((row) => JSON.parse(JSON.stringify(row, plain)) as Record<string, unknown>);
}
