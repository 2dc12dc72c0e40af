import {quoteText} from "../../../lib/sql.js";

/** A value as SQL: text, numbers as DOUBLE, records as maps to DOUBLE. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") return Number.isFinite(value) ? `${value}::double` : "null";
  if (typeof value === "string") return quoteText(value);
  const entries = Object.entries(value as Record<string, number>).filter(([, number]) => Number.isFinite(number));
  const keys = entries.map(([key]) => quoteText(key)).join(", ");
  const values = entries.map(([, number]) => `${number}::double`).join(", ");
  return `map([${keys}]::varchar[], [${values}]::double[])`;
}

/** Rows as a VALUES list. */
export function valuesSql(rows: unknown[][]): string {
  return `values ${rows.map((row) => `(${row.map(literal).join(", ")})`).join(",\n")}`;
}
