import {offsetAt, offsetSteps} from "../../lib/calendar.js";

interface Branch {
  /** Milliseconds: the branch's offset holds from here on. */
  from: number;
  offset: number;
}

/**
 * SQL that turns a zone's local time into UTC. A skipped time is read with the offset before the change, a repeated one
 * as its first occurrence, as `fromLocal` does.
 */
export function toUtcSql(local: string, zone: string): string {
  if (zone === "UTC") return local;
  const steps = stepsOf(zone);
  const branches = steps.map(({from, offset}, i) => ({
    from: i === 0 ? -Infinity : from + Math.max(steps[i - 1]!.offset, offset),
    offset: -offset
  }));
  return shift(local, branches);
}

/** SQL that turns UTC into a zone's local time. */
export function toLocalSql(instant: string, zone: string): string {
  return zone === "UTC" ? instant : shift(instant, stepsOf(zone));
}

// A balanced tree of comparisons: a vector of rows mostly takes one path, so that a century of clock changes costs
// about seven comparisons a row.
function shift(time: string, branches: Branch[]): string {
  if (branches.length === 1) return `(${time} + to_milliseconds(${branches[0]!.offset}))`;
  const middle = branches.length >> 1;
  const bound = new Date(branches[middle]!.from).toISOString().slice(0, 19).replace("T", " ");
  return `case when ${time} < timestamp '${bound}' then ${shift(time, branches.slice(0, middle))} else ${shift(time, branches.slice(middle))} end`;
}

const known = new Map<string, Branch[]>();
const week = 7 * 86_400_000;

// No zone changes its clocks twice within a week, so that days are looked at only in weeks that end otherwise than they
// began.
function stepsOf(zone: string): Branch[] {
  let steps = known.get(zone);
  if (steps) return steps;
  const [start, end] = [Date.UTC(1970, 0, 1), Date.UTC(2050, 0, 1)];
  let offset = offsetAt(new Date(start), zone);
  steps = [{from: -Infinity, offset}];
  for (let t = start; t < end; t += week) {
    const next = offsetAt(new Date(t + week), zone);
    if (next === offset) continue;
    steps.push(...offsetSteps(new Date(t), new Date(t + week), zone).slice(1));
    offset = next;
  }
  known.set(zone, steps);
  return steps;
}
