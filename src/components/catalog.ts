import type {Row} from "./data.js";

/** The row of `meta.arrow`. */
export interface Meta extends Row {
  name: string;
  description: string | null;
  as_of: Date;
  /** The last day that the numbers include, in the workspace's time zone. */
  as_of_date: Date;
  time_zone: string;
  currency: string;
  /** `rows` or `aggregate`. */
  publish: string;
  k: number;
  buckets: number;
  history: number;
  category: string | null;
  newest_event_at: Date | null;
  tables: number;
  tables_stale: number;
  tests: number;
  tests_failed: number;
}

/** A row of `metrics.arrow`, in the workspace's order: the first is the main one. */
export interface Metric extends Row {
  metric: string;
  position: number;
  label: string;
  description: string | null;
  unit: string;
  /** What of lifetime value it forecasts: `value`, `orders`, `p_alive`; null where it counts what was. */
  forecast: string | null;
}

/** A row of `tables.arrow`: a table of the warehouse, and how its last run ended. */
export interface TableInfo extends Row {
  name: string;
  kind: string;
  role: string;
  description: string;
  grain: string;
  key: string;
  file: string;
  rows: number | null;
  /** `current`, `stale` or `missing`. */
  status: string;
  stale_reason: string | null;
  tests: number;
  tests_failed: number;
  publish: string;
}

export interface Trouble {
  table: string;
  tone: "bad" | "warn";
  text: string;
}

/** What is not as it should be, in plain words: tables with failing tests, stale ones, and those never built. */
export function troubles(tables: readonly TableInfo[]): Trouble[] {
  return tables.flatMap(({name, rows, status, tests, tests_failed, stale_reason}): Trouble[] => {
    if (tests_failed > 0) {
      const text = `${name} fails ${tests_failed} of its ${tests} tests: ${rows === null ? "it has no good rows yet" : "its last good rows are shown"} (${stale_reason}).`;
      return [{table: name, tone: "bad", text}];
    }
    if (status === "stale") {
      const text = `${name} is stale: ${stale_reason ?? "something that it reads has failed"}.`;
      return [{table: name, tone: "warn", text}];
    }
    if (status === "missing") return [{table: name, tone: "bad", text: `${name} could not be built.`}];
    return [];
  });
}
