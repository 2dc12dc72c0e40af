import {addDays, localDate, startOfDate} from "../../../lib/calendar.js";
import type {RuleContext} from "../../../lib/rules/dates.js";
import {fieldOf, type Catalogue} from "../../../lib/rules/field.js";
import type {Operator} from "../../../lib/rules/operators.js";
import {childrenOf, containerKind, type Rule} from "../../../lib/rules/rule.js";
import {testOf, type Condition, type Operand, type Scalar} from "../../../lib/rules/subject.js";

export type Value = string | number | boolean | null;
export type Profile = Record<string, Value>;

/** Whether a profile is in, by brute force and without SQL; undefined where the rule says nothing. */
export function holds(rule: Rule, profile: Profile, fields: Catalogue, context: RuleContext): boolean | undefined {
  return tree<Rule>(rule, (leaf) => {
    const field = fieldOf(leaf as Condition, fields);
    return test(leaf as Condition, profile[field.column] ?? null, field.type, context);
  });
}

/** A tree of all, any and none, its leaves by `leaf`; undefined where it says nothing. */
export function tree<Node extends object>(node: Node, leaf: (node: Node) => boolean): boolean | undefined {
  const kind = containerKind(node as unknown as Rule);
  if (!kind) return leaf(node);
  const said = (childrenOf(node as unknown as Rule) as unknown as Node[])
    .map((child) => tree(child, leaf))
    .filter((result) => result !== undefined);
  if (said.length === 0) return undefined;
  const trues = said.filter(Boolean).length;
  return kind === "all" ? trues === said.length : kind === "any" ? trues > 0 : trues === 0;
}

/** One test of a value; instants are texts of UTC. */
export function test(
  condition: Partial<Record<Operator, Operand>> & {ignore_year?: boolean},
  raw: Value,
  type: string,
  context: RuleContext
): boolean {
  const {operator, operand} = testOf(condition);
  if (operator === "exists") return (raw !== null) === operand;
  if (operator === "inactive") return (raw === null) === operand;
  const denied = operator === "is_not" || operator.startsWith("not_");
  if (raw === null) return denied;
  if (!condition.ignore_year) return plain(operator, operand, raw, type, context);
  // Some anniversary of the date, in any year that a range of the tests reaches; `before` and `after` mean the year of their own date.
  const day = type === "timestamp" ? dayOf(raw as string, context.timeZone) : (raw as string);
  const isHalf = ["before", "on_or_before", "after", "on_or_after"].includes(operator);
  const years = isHalf ? [Number((operand as string).slice(0, 4))] : Array.from({length: 16}, (_, i) => 2015 + i);
  const tests = years.map((year) => plain(operator, operand, anniversary(day, year), "date", context));
  return denied ? tests.every(Boolean) : tests.some(Boolean);
}

function plain(operator: Operator, operand: Operand, raw: Scalar, type: string, context: RuleContext): boolean {
  const isInstant = type === "timestamp";
  const value = isInstant ? dayOf(raw as string, context.timeZone) : raw;
  const [one, two] = (Array.isArray(operand) ? operand : [operand]) as [Scalar, Scalar];
  const text = (v: unknown) => String(v).toLowerCase();
  const today = dayOf(new Date(+context.asOf - 1).toISOString().slice(0, -1), context.timeZone);
  const instant = isInstant ? Date.parse(`${raw as string}Z`) : NaN;
  switch (operator) {
    case "is":
      return value === one;
    case "is_not":
      return value !== one;
    case "in":
      return (operand as Scalar[]).includes(value);
    case "not_in":
      return !(operand as Scalar[]).includes(value);
    case "at_least":
    case "on_or_after":
      return compare(value, one) >= 0;
    case "more_than":
    case "after":
      return compare(value, one) > 0;
    case "at_most":
    case "on_or_before":
      return compare(value, one) <= 0;
    case "less_than":
    case "before":
      return compare(value, one) < 0;
    case "between":
      return compare(value, one) >= 0 && compare(value, two) <= 0;
    case "contains":
      return text(value).includes(text(one));
    case "not_contains":
      return !text(value).includes(text(one));
    case "starts_with":
      return text(value).startsWith(text(one));
    case "ends_with":
      return text(value).endsWith(text(one));
    case "is_ignoring_case":
      return text(value) === text(one);
    case "in_last":
    case "not_in_last": {
      const isIn = clock(one)
        ? instant >= +context.asOf - clock(one) && instant < +context.asOf
        : value <= today && value > back(today, one as string);
      return isIn === (operator === "in_last");
    }
    case "in_next":
      if (clock(one)) return instant >= +context.asOf && instant < +context.asOf + clock(one);
      return value > today && value <= forth(today, one as string);
    case "around": {
      if (clock(two)) {
        const start = +startOfDate(one as string, context.timeZone) - clock(two);
        return instant >= start && instant < +startOfDate(addDays(one as string, 1), context.timeZone) + clock(two);
      }
      return value >= move(one as string, two as string, -1) && value <= move(one as string, two as string, 1);
    }
    case "rolling": {
      if (clock(one) && clock(two))
        return instant >= +context.asOf + clock(one) && instant < +context.asOf + clock(two);
      const [from, to] = [one, two].map((span) => move(addDays(today, 1), span as string, 1));
      return value >= from! && value < to!;
    }
    case "in_file":
    case "not_in_file":
      return lists.has(String(value)) === (operator === "in_file");
    case "during":
      return during(value as string, one as string, today);
    default:
      throw new Error(`not a test of a value: ${operator}`);
  }
}

/** The values of every list. */
export const lists = new Set<string>(["gold", "5", "10", "0.1", "2024-02-29"]);

const days = new Map<string, string>();

/** The local date of an instant in text. */
export function dayOf(instant: string, timeZone: string): string {
  const key = `${instant} ${timeZone}`;
  const known = days.get(key);
  if (known) return known;
  days.set(key, localDate(new Date(`${instant}Z`), timeZone));
  return days.get(key)!;
}

export function compare(a: Scalar, b: Scalar): number {
  return typeof a === "string" ? Buffer.compare(Buffer.from(a), Buffer.from(b as string)) : Number(a) - Number(b);
}

/** Milliseconds of "36 hours" or "-90 minutes"; 0 for what the calendar measures. */
function clock(span: Scalar): number {
  const match = /^([+-]?\d+) (second|minute|hour)s?$/.exec(String(span));
  return match ? Number(match[1]) * {second: 1e3, minute: 6e4, hour: 36e5}[match[2] as "hour"] : 0;
}

function anniversary(day: string, year: number): string {
  const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
  return `${year}-${day.slice(5) === "02-29" && !isLeap ? "02-28" : day.slice(5)}`;
}

/** The last day before a window of whole days, weeks, months or years that ends with today. */
function back(today: string, span: string): string {
  return addDays(move(addDays(today, 1), span, -1), -1);
}

function forth(today: string, span: string): string {
  return addDays(move(addDays(today, 1), span, 1), -1);
}

function move(date: string, span: string, sign: number): string {
  const count = sign * Number(span.split(" ")[0]);
  if (/day/.test(span)) return addDays(date, count);
  if (/week/.test(span)) return addDays(date, 7 * count);
  const [y, m, d] = date.split("-").map(Number) as [number, number, number];
  const month = y * 12 + (m - 1) + count * (/year/.test(span) ? 12 : 1);
  const last = new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
  return new Date(Date.UTC(Math.floor(month / 12), month % 12, Math.min(d, last))).toISOString().slice(0, 10);
}

function during(value: string, period: string, today: string): boolean {
  const month = (shift: number) => move(`${today.slice(0, 7)}-01`, "1 month", shift).slice(0, 7);
  const year = (shift: number) => String(Number(today.slice(0, 4)) + shift);
  const monday = (date: string) => addDays(date, -((new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7));
  if (/^\d{4}(-\d{2})?$/.test(period)) return value.startsWith(period);
  if (period === "today") return value === today;
  if (period === "yesterday") return value === addDays(today, -1);
  if (period.endsWith("week"))
    return monday(value) === (period === "this week" ? monday(today) : addDays(monday(today), -7));
  const shift = period.startsWith("last") ? -1 : period.startsWith("next") ? 1 : 0;
  return value.startsWith(period.endsWith("month") ? month(shift) : year(shift));
}
