import {offsetSteps} from "../calendar.js";
import {quoteInstant} from "../sql.js";
import type {RuleContext} from "./dates.js";

const known = new Map<string, {from: number; offset: number}[]>();

/**
 * SQL of the local date of a UTC timestamp, without a time-zone library: the zone's offsets as a tree of comparisons, so
 * that a row passes few of them. Right from 1900 to 30 years after as-of.
 */
export function localDateSql(timestamp: string, {asOf, timeZone}: RuleContext): string {
  const end = asOf.getUTCFullYear() + 30;
  const key = `${timeZone} ${end}`;
  let steps = known.get(key);
  if (!steps) known.set(key, (steps = offsetSteps(new Date(Date.UTC(1900, 0)), new Date(Date.UTC(end, 0)), timeZone)));
  return `(${timestamp} + to_seconds(${tree(steps, timestamp)}))::date`;
}

function tree(steps: {from: number; offset: number}[], timestamp: string): string {
  if (steps.length === 1) return String(steps[0]!.offset / 1000);
  const middle = steps.length >> 1;
  const from = quoteInstant(new Date(steps[middle]!.from));
  const [before, after] = [steps.slice(0, middle), steps.slice(middle)].map((half) => tree(half, timestamp));
  return `case when ${timestamp} < ${from} then ${before} else ${after} end`;
}
