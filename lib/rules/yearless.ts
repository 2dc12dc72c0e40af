import {addDays} from "../calendar.js";
import {dateRange, parseDate, type DateRange, type RuleContext} from "./dates.js";
import {never} from "./logic.js";
import type {Operator} from "./operators.js";
import type {Operand} from "./subject.js";

/** Days of the year as month × 100 + day, both included. */
export type YearDays = [first: number, last: number];

/**
 * The days of the year on which a date operator holds when the year does not matter: those whose anniversary, in some
 * year, lies in the operator's range. The anniversary of 29 February in a year without one is the 28th. `before` and
 * `after` reach to the ends of the year. Undefined where every day is in.
 */
export function yearDays(operator: Operator, operand: Operand, context: RuleContext): YearDays[] | undefined {
  const {from, to} = withinYear(dateRange(operator, operand, context), operand);
  if (from >= to) return [];
  const [first, last] = [from, addDays(to, -1)];
  if (Date.parse(last) - Date.parse(first) >= 365 * 86_400_000) return undefined;
  const years = [...new Set([first, last].map((date) => Number(date.slice(0, 4))))];
  return years.map((year) => {
    const from = Number(first.slice(0, 4)) === year ? monthDay(first) : 101;
    const to = Number(last.slice(0, 4)) === year ? monthDay(last) : 1231;
    return [from, to === 228 && !isLeap(year) ? 229 : to];
  });
}

/** SQL of a local date's day of the year within some days. */
export function yearDaysSql(date: string, days: YearDays[] | undefined): string {
  if (!days) return `${date} is not null`;
  if (days.length === 0) return never;
  const day = `(month(${date}) * 100 + day(${date}))`;
  const parts = days.map(([first, last]) => `${day} between ${first} and ${last}`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(" or ")})`;
}

/** Ranges without an end, of `before` and `after`, end with the year of their date. */
function withinYear({from, to}: DateRange, operand: Operand): Required<DateRange> {
  if (from && to) return {from, to};
  const year = parseDate(operand)!.slice(0, 4);
  return {from: from ?? `${year}-01-01`, to: to ?? addDays(`${year}-12-31`, 1)};
}

function monthDay(date: string): number {
  return Number(date.slice(5, 7)) * 100 + Number(date.slice(8, 10));
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
