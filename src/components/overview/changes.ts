import type {Bucket} from "../deciles/partition.js";
import {partition} from "../deciles/partition.js";
import {formatCount, formatMonth, formatPercent, plural, type UnitFormat} from "../format.js";
import {isComplete, type Month} from "./MonthBars.js";

/** The last complete month beside the one before it. */
export interface Change {
  month: Date;
  now: Month;
  before: Month | undefined;
}

/** The last month that the data cover to its end, and the one before; undefined where there is none. */
export function lastChange(months: readonly Month[], until: Date): Change | undefined {
  const complete = months.filter((month) => isComplete(month.month, until));
  const now = complete.at(-1);
  return now && {month: now.month, now, before: complete.at(-2)};
}

/** Who was active in the last complete month, and whether that is more than the month before; one sentence. */
export function activeFinding(change: Change | undefined): string {
  if (!change) return "There is no complete month yet.";
  const {now, before} = change;
  const fresh = !now.new ? "" : now.new === now.active ? ", all of them new" : `, ${formatCount(now.new)} of them new`;
  const active = `${plural(now.active ?? 0, "customer")} ${now.active === 1 ? "was" : "were"} active in ${formatMonth(now.month)}${fresh}`;
  return `${active}${compare(now.active, before?.active)}.`;
}

/** What the last complete month brought, in one sentence. */
export function valueFinding(change: Change | undefined, label: string, unit: UnitFormat): string {
  if (!change) return "There is no complete month yet.";
  const {now, before} = change;
  const value = unit.name ? unit.full(now.value) : `${unit.full(now.value)} ${label}`;
  return `${formatMonth(now.month)} brought ${value}${compare(now.value, before?.value)}.`;
}

/** `, 12.3% less than the month before`; empty where there is nothing to compare with. */
export function compare(now: number | null | undefined, before: number | null | undefined): string {
  if (!before || now === null || now === undefined) return "";
  const change = now / before - 1;
  if (Math.abs(change) < 0.0005) return ", as much as the month before";
  return `, ${formatPercent(Math.abs(change))} ${change > 0 ? "more" : "less"} than the month before`;
}

/**
 * What the base is worth by one metric: over a year where that is ranked, else over the longest window. Where nobody was
 * active in the year (`silent`), over the longest.
 */
export function worth(deciles: readonly Bucket[], metric: string) {
  const all = deciles.filter((row) => row.metric === metric && row.category === "*");
  const lookbacks = [...new Set(all.map((row) => row.lookback))];
  const lookback = ["12 months", "1 year", "365 days"].find((name) => lookbacks.includes(name)) ?? lookbacks[0];
  if (lookback === undefined) return undefined;
  const of = (name: string) => ({lookback: name, ...partition(all, {metric, lookback: name, category: "*"})});
  const year = of(lookback);
  const longest = of(lookbacks.includes("lifetime") ? "lifetime" : lookback);
  return year.profiles === 0 && longest.profiles > 0 ? {...longest, silent: lookback} : {...year, silent: undefined};
}
