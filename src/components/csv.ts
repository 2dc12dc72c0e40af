/**
 * Rows as CSV (RFC 4180, with a header). Text that a spreadsheet would take for a formula gets an apostrophe in front;
 * dates are ISO 8601, numbers are written in full.
 */
export function toCsv(rows: readonly Record<string, unknown>[], columns: readonly string[] = columnsOf(rows)): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(","));
  return [columns.map(cell).join(","), ...lines].join("\r\n") + "\r\n";
}

/** Every column that some row has, in order of first appearance. */
export function columnsOf(rows: readonly Record<string, unknown>[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return iso(value);
  if (typeof value !== "string") return quote(String(value));
  return quote(/^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value);
}

function iso(date: Date): string {
  return date
    .toISOString()
    .replace(/T00:00:00\.000Z$/, "")
    .replace(/\.000Z$/, "Z");
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
