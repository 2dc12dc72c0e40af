import {addMonths, fromLocal, toLocal} from "../calendar.js";

/** A length of time: seconds, minutes and hours by the clock, anything longer by the calendar. */
export interface Span {
  count: number;
  unit: "second" | "minute" | "hour" | "day" | "week" | "month" | "year";
}

/** Reads "36 hours", "30 days", "2 weeks", "6 months", "1 year"; undefined for anything else. */
export function parseSpan(text: unknown): Span | undefined {
  const match = typeof text === "string" ? /^([1-9]\d{0,6}) (second|minute|hour|day|week|month|year)s?$/.exec(text.trim()) : undefined; // prettier-ignore
  if (!match) return undefined;
  const span = {count: Number(match[1]), unit: match[2] as Span["unit"]};
  return span.count <= longest[span.unit] ? span : undefined;
}

/** Reads a signed span from as-of, "-30 days", "+1 week" or "0 days"; a negative count lies before. */
export function parseOffset(text: unknown): Span | undefined {
  if (typeof text !== "string") return undefined;
  const match = /^([+-]?)\s*(\d.*)$/.exec(text.trim());
  if (!match) return undefined;
  const nothing = /^0 (second|minute|hour|day|week|month|year)s?$/.exec(match[2]!);
  if (nothing) return {count: 0, unit: nothing[1] as Span["unit"]};
  const span = parseSpan(match[2]);
  return span && {...span, count: match[1] === "-" ? -span.count : span.count};
}

/** The one spelling of a span: "1 day", "36 hours". */
export function formatSpan({count, unit}: Span): string {
  return `${count} ${unit}${Math.abs(count) === 1 ? "" : "s"}`;
}

/** Whether a span is shorter than days: it fits instants only. */
export function isClockSpan({unit}: Span): boolean {
  return unit === "second" || unit === "minute" || unit === "hour";
}

/** A span's seconds, a day being 24 hours; undefined for months and years, which differ in length. */
export function spanSeconds({count, unit}: Span): number | undefined {
  const seconds = {second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800, month: undefined, year: undefined}[unit]; // prettier-ignore
  return seconds && count * seconds;
}

/** A local date (YYYY-MM-DD) moved by a span of days or longer. */
export function shiftDate(date: string, {count, unit}: Span): string {
  const time = new Date(`${date}T00:00:00Z`);
  const moved =
    unit === "month" || unit === "year"
      ? addMonths(time, count * (unit === "year" ? 12 : 1))
      : new Date(+time + spanSeconds({count, unit})! * 1000);
  return moved.toISOString().slice(0, 10);
}

/** An instant moved by a span, on the zone's calendar where the span is of days or longer. */
export function shiftInstant(instant: Date, span: Span, timeZone: string): Date {
  const {count, unit} = span;
  if (isClockSpan(span)) return new Date(+instant + spanSeconds(span)! * 1000);
  const local = toLocal(instant, timeZone);
  if (unit === "month" || unit === "year")
    return fromLocal(addMonths(local, count * (unit === "year" ? 12 : 1)), timeZone);
  return fromLocal(new Date(+local + spanSeconds(span)! * 1000), timeZone);
}

/** A millennium at most, so that no date leaves the four-digit years by much. */
const longest: Record<Span["unit"], number> = {
  second: 9_999_999,
  minute: 9_999_999,
  hour: 8_766_000,
  day: 365_250,
  week: 52_178,
  month: 12_000,
  year: 1000
};
