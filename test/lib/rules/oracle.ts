import {addDays, localDate} from "../../../lib/calendar.js";
import type {RuleContext} from "../../../lib/rules/dates.js";
import {fieldOf, type Catalogue} from "../../../lib/rules/field.js";
import {childrenOf, containerKind, testOf, type Condition, type Rule, type Scalar} from "../../../lib/rules/rule.js";

export type Profile = Record<string, string | number | boolean | null>;

/** Whether a profile is in, by brute force and without SQL; undefined where the rule says nothing. */
export function holds(rule: Rule, profile: Profile, fields: Catalogue, context: RuleContext): boolean | undefined {
  const kind = containerKind(rule);
  if (!kind) return condition(rule as Condition, profile, fields, context);
  const said = childrenOf(rule)
    .map((child) => holds(child, profile, fields, context))
    .filter((result) => result !== undefined);
  if (said.length === 0) return undefined;
  const trues = said.filter(Boolean).length;
  return kind === "all" ? trues === said.length : kind === "any" ? trues > 0 : trues === 0;
}

function condition(rule: Condition, profile: Profile, fields: Catalogue, context: RuleContext): boolean {
  const field = fieldOf(rule, fields);
  const {operator, operand} = testOf(rule);
  const raw = profile[field.column] ?? null;
  if (operator === "exists") return (raw !== null) === operand;
  if (operator === "inactive") return (raw === null) === operand;
  const denied = operator === "is_not" || operator.startsWith("not_");
  if (raw === null) return denied;
  const isDate = field.type === "date" || field.type === "timestamp";
  const value = field.type === "timestamp" ? dayOf(raw as string, context.timeZone) : raw;
  const [one, two] = (Array.isArray(operand) ? operand : [operand]) as [Scalar, Scalar];
  const text = (v: unknown) => String(v).toLowerCase();
  const today = dayOf(new Date(+context.asOf - 1).toISOString().slice(0, -1), context.timeZone);
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
      const isIn = value <= today && value > back(today, one as string);
      return isIn === (operator === "in_last");
    }
    case "in_next":
      return value > today && value <= forth(today, one as string);
    case "around": {
      const low = move(one as string, two as string, -1);
      return value >= low && value <= move(one as string, two as string, 1);
    }
    case "rolling": {
      const [from, to] = [one, two].map((text) => move(addDays(today, 1), text as string, 1));
      return value >= from! && value < to!;
    }
    case "in_file":
    case "not_in_file":
      return lists.has(String(value)) === (operator === "in_file");
    case "during":
      return isDate && during(value as string, one as string, today);
  }
}

/** The values of every list. */
export const lists = new Set<string>(["gold", "5", "10", "0.1", "2024-02-29"]);

const days = new Map<string, string>();

function dayOf(instant: string, timeZone: string): string {
  const known = days.get(instant);
  if (known) return known;
  days.set(instant, localDate(new Date(`${instant}Z`), timeZone));
  return days.get(instant)!;
}

function compare(a: Scalar, b: Scalar): number {
  return typeof a === "string" ? Buffer.compare(Buffer.from(a), Buffer.from(b as string)) : Number(a) - Number(b);
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
