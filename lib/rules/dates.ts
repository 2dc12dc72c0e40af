import {addDays, addMonths, localDate, startOfDate} from "../calendar.js";
import {operators, type Operator} from "./operators.js";
import {isClockSpan, parseOffset, parseSpan, shiftDate, shiftInstant, type Span} from "./span.js";
import type {Operand} from "./subject.js";

/** What relative dates are relative to. */
export interface RuleContext {
  /** The instant that the numbers describe: the end of the day that is "today". */
  asOf: Date;
  timeZone: string;
}

/** A half-open span of local dates; an end that is missing is open. */
export interface DateRange {
  from?: string;
  to?: string;
}

/** A half-open span of time; an end that is missing is open. */
export interface InstantRange {
  from?: Date;
  to?: Date;
}

/** Reads YYYY-MM-DD (also without leading zeros) as YYYY-MM-DD; undefined where there is no such day. */
export function parseDate(text: unknown): string | undefined {
  const match = typeof text === "string" && /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  if (!match) return undefined;
  const date = `${match[1]}-${match[2]!.padStart(2, "0")}-${match[3]!.padStart(2, "0")}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(date) ? date : undefined;
}

export const namedPeriods = ["today", "yesterday", "this week", "last week", "this month", "last month", "next month",
  "this year", "last year", "next year"] as const; // prettier-ignore

/** The local dates of "this month", "last year", "2026" or "2026-03"; weeks begin on Monday. Undefined for anything else. */
export function periodRange(text: unknown, context: RuleContext): Required<DateRange> | undefined {
  if (typeof text !== "string") return undefined;
  const day = today(context);
  const [which, unit] = text.trim().split(" ");
  if (text === "today") return {from: day, to: addDays(day, 1)};
  if (text === "yesterday") return {from: addDays(day, -1), to: day};
  if (/^\d{4}$/.test(text)) return months(`${text}-01-01`, 0, 12);
  if (/^\d{4}-\d{2}$/.test(text)) return parseDate(`${text}-01`) ? months(`${text}-01`, 0, 1) : undefined;
  if (!(namedPeriods as readonly string[]).includes(text)) return undefined;
  const step = which === "last" ? -1 : which === "next" ? 1 : 0;
  if (unit === "month") return months(`${day.slice(0, 7)}-01`, step, 1);
  if (unit === "year") return months(`${day.slice(0, 4)}-01-01`, step * 12, 12);
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const from = addDays(day, -weekday + 7 * step);
  return {from, to: addDays(from, 7)};
}

/** The span of local dates in which a positive date operator holds. Its operand has been checked. */
export function dateRange(operator: Operator, operand: Operand, context: RuleContext): DateRange {
  const end = addDays(today(context), 1);
  const date = (value: unknown) => parseDate(value)!;
  switch (operator) {
    case "is":
      return {from: date(operand), to: addDays(date(operand), 1)};
    case "before":
      return {to: date(operand)};
    case "on_or_before":
      return {to: addDays(date(operand), 1)};
    case "after":
      return {from: addDays(date(operand), 1)};
    case "on_or_after":
      return {from: date(operand)};
    case "between": {
      const [from, to] = operand as string[];
      return {from: date(from), to: addDays(date(to), 1)};
    }
    case "around": {
      const [middle, text] = operand as string[];
      const span = parseSpan(text)!;
      return {from: shiftDate(date(middle), negative(span)), to: addDays(shiftDate(date(middle), span), 1)};
    }
    case "in_last":
      return {from: shiftDate(end, negative(parseSpan(operand)!)), to: end};
    case "in_next":
      return {from: end, to: shiftDate(end, parseSpan(operand)!)};
    case "rolling": {
      const [from, to] = (operand as string[]).map((text) => shiftDate(end, parseOffset(text)!));
      return {from, to};
    }
    case "during":
      return periodRange(operand, context)!;
    default:
      throw new Error(`not a date operator: ${operator}`);
  }
}

/** The same for an instant: whole local days, or where a span is given in hours or less, instants from as-of. */
export function instantRange(operator: Operator, operand: Operand, context: RuleContext): InstantRange {
  const {asOf, timeZone} = context;
  const shift = (from: Date, span: Span) => shiftInstant(from, span, timeZone);
  const span = operators[operator].operand === "span" ? parseSpan(operand) : undefined;
  if (span && isClockSpan(span)) {
    if (operator === "in_next") return {from: asOf, to: shift(asOf, span)};
    return {from: shift(asOf, negative(span)), to: asOf};
  }
  if (operator === "rolling") {
    const offsets = (operand as string[]).map((text) => parseOffset(text)!);
    if (offsets.some(isClockSpan)) {
      const [from, to] = offsets.map((offset) => shift(asOf, offset));
      return {from, to};
    }
  }
  if (operator === "around") {
    const [middle, text] = operand as [string, string];
    const reach = parseSpan(text)!;
    if (isClockSpan(reach)) {
      const day = parseDate(middle)!;
      const [from, to] = [startOfDate(day, timeZone), startOfDate(addDays(day, 1), timeZone)];
      return {from: shift(from, negative(reach)), to: shift(to, reach)};
    }
  }
  const {from, to} = dateRange(operator, operand, context);
  return {from: from && startOfDate(from, timeZone), to: to && startOfDate(to, timeZone)} as InstantRange;
}

/** The last local day that the numbers describe. */
export function today({asOf, timeZone}: RuleContext): string {
  return localDate(new Date(asOf.getTime() - 1), timeZone);
}

function negative(span: Span): Span {
  return {...span, count: -span.count};
}

function months(start: string, offset: number, length: number): Required<DateRange> {
  return {from: plusMonths(start, offset), to: plusMonths(start, offset + length)};
}

function plusMonths(date: string, count: number): string {
  return addMonths(new Date(`${date}T00:00:00Z`), count)
    .toISOString()
    .slice(0, 10);
}
