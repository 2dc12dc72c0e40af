import type {Bucket} from "../deciles/partition.js";
import {partition} from "../deciles/partition.js";
import {formatCount, formatMonth, formatPercent, type UnitFormat} from "../format.js";
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

/** A change in percent with its sign: `+3.2%`; empty where nothing can be compared. */
export function formatChange(now: number | null | undefined, before: number | null | undefined): string {
  if (!before || now === null || now === undefined) return "";
  const change = now / before - 1;
  return `${change > 0 ? "+" : change < 0 ? "−" : "±"}${formatPercent(Math.abs(change))}`;
}

/** What moved between the last two complete months, in one sentence. */
export function changeFinding(change: Change | undefined, unit: UnitFormat, until: Date): string {
  if (!change) return "There is no complete month yet.";
  const {now, before} = change;
  const facts = `${formatCount(now.active)} customers were active in ${formatMonth(now.month)} and brought ${unit.short(now.value)}`;
  if (!before) return `${facts}.`;
  const direction = (a: number | null, b: number | null) => ((a ?? 0) >= (b ?? 0) ? "up" : "down");
  return `${facts}: ${direction(now.active, before.active)} ${formatChange(now.active, before.active).slice(1)} and ${direction(now.value, before.value)} ${formatChange(now.value, before.value).slice(1)} on the month before${isComplete(now.month, until) ? "" : " (so far)"}.`;
}

/** What the base is worth by one metric, over a year where that is ranked, else over the longest window. */
export function worth(deciles: readonly Bucket[], metric: string) {
  const all = deciles.filter((row) => row.metric === metric && row.category === "*");
  const lookbacks = [...new Set(all.map((row) => row.lookback))];
  const lookback = ["12 months", "1 year", "365 days"].find((name) => lookbacks.includes(name)) ?? lookbacks[0];
  return lookback === undefined ? undefined : {lookback, ...partition(all, {metric, lookback, category: "*"})};
}
