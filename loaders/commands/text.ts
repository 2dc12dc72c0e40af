import {localDate, toLocal} from "../../lib/calendar.js";

/** A table as lines of text: numbers (given as such or written with separators) to the right. */
export function textTable(header: string[], rows: string[][]): string[] {
  const isNumeric = header.map((_, i) => rows.length > 0 && rows.every((row) => /^(-?[\d,.]+)?$/.test(row[i]!)));
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)];
}

/** A whole number with separators. */
export function count(value: number | bigint): string {
  return value.toLocaleString("en-US");
}

/** "1 file", "2 files". */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** An instant as the workspace's clocks show it: "2025-12-31 18:05:09". */
export function localTime(instant: Date, zone: string): string {
  return toLocal(instant, zone).toISOString().slice(0, 19).replace("T", " ");
}

/** An as-of instant: "the end of 2025-12-31 (Europe/Berlin)". */
export function asOfText(asOf: Date, zone: string): string {
  if (+asOf === 0) return "nothing: no event has been taken in yet";
  const isMidnight = localTime(asOf, zone).endsWith("00:00:00");
  const text = isMidnight ? `the end of ${localDate(new Date(+asOf - 1), zone)}` : localTime(asOf, zone);
  return `${text} (${zone})`;
}

/** A JSON document; whole numbers beyond 2^53 as text, so that no reader rounds them. */
export function toJson(value: unknown, indent = 2): string {
  return `${JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v), indent)}\n`;
}
