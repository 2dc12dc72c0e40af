import type {Row} from "./data.js";

/** The row of `meta.arrow`. */
export interface Meta extends Row {
  name: string;
  as_of: Date;
  as_of_date: Date;
  time_zone: string;
  currency: string;
  build: string;
}

/** A row of `tables.arrow`: a table of the warehouse, and how its last run ended. */
export interface TableInfo extends Row {
  name: string;
  kind: string;
  role: string;
  description: string;
  grain: string;
  key: string;
  rows: number | null;
  status: string;
  stale_reason: string | null;
  tests: number;
  tests_failed: number;
  publish: string;
}

/** What is not as it should be, in plain words: tables whose last run failed, is stale, or left tests failing. */
export function troubles(tables: readonly TableInfo[]): {table: string; tone: "bad" | "warn"; text: string}[] {
  return tables.flatMap((table) => {
    const says = (tone: "bad" | "warn", text: string) => [{table: table.name, tone, text}];
    if (table.tests_failed > 0) {
      return says(
        "bad",
        `${table.name} fails ${table.tests_failed} of its ${table.tests} tests; its last good rows are shown.`
      );
    }
    if (table.status === "failed")
      return says(
        "bad",
        `${table.name} could not be built; its last good rows are shown. ${table.stale_reason ?? ""}`.trim()
      );
    if (isStale(table))
      return says("warn", `${table.name} is stale: ${table.stale_reason ?? "something it reads has failed"}.`);
    return [];
  });
}

function isStale(table: TableInfo): boolean {
  return (
    table.status === "stale" ||
    (table.stale_reason !== null && table.stale_reason !== undefined && table.stale_reason !== "")
  );
}
