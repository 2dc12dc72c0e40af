import {addDays, startOfDate} from "../calendar.js";
import {parseDate, type RuleContext} from "./dates.js";
import {formatSpan, isClockSpan, parseSpan, shiftInstant, type Span} from "./span.js";

/** When a metric or decile is asked for: at the end of a date, or some time before as-of. */
export type At = {date: string} | {ago: Span};

/** Reads "2026-03-01" or "3 months ago"; undefined for anything else. */
export function parseAt(text: string): At | undefined {
  const date = parseDate(text);
  if (date) return {date};
  const match = /^(.+) ago$/.exec(text.trim());
  const ago = match ? parseSpan(match[1]) : undefined;
  return ago && !isClockSpan(ago) ? {ago} : undefined;
}

/** The one spelling of when: "2026-03-01", "3 months ago". */
export function formatAt(text: string): string {
  const at = parseAt(text);
  if (!at) return text;
  return "date" in at ? at.date : `${formatSpan(at.ago)} ago`;
}

/** The partition that is meant: the last of the calendar's at or before then. Undefined where the calendar begins later. */
export function partitionAt(
  text: string,
  partitions: readonly string[],
  {asOf, timeZone}: RuleContext
): Date | undefined {
  const at = parseAt(text);
  if (!at) return undefined;
  const then = "date" in at
    ? startOfDate(addDays(at.date, 1), timeZone)
    : shiftInstant(asOf, {...at.ago, count: -at.ago.count}, timeZone); // prettier-ignore
  const times = partitions.map((partition) => Date.parse(partition)).filter((time) => time <= Math.min(+then, +asOf));
  return times.length > 0 ? new Date(Math.max(...times)) : undefined;
}
