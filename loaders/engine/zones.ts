import {offsetAt, offsetSteps} from "../../lib/calendar.js";
import {utcText} from "../../lib/sql.js";

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

// Lists hold the changes, as constants that the engine casts once: a century of them written as comparisons would take
// longer to plan than a small file takes to read. The year says where to begin; comparisons with the year's own changes
// (two in most zones) say the rest. A time without a year (infinity) stays as it is.
function shift(time: string, branches: Branch[]): string {
  if (branches.length === 1) return `(${time} + to_milliseconds(${branches[0]!.offset}))`;
  const [from, to] = [yearOf(branches[1]!), yearOf(branches.at(-1)!) + 1];
  const starts: number[] = [];
  let most = 0;
  for (let year = from; year <= to; ++year) {
    const before = branches.filter((branch) => branch.from <= Date.UTC(year, 0, 1)).length;
    most = Math.max(most, branches.filter((branch) => branch.from < Date.UTC(year + 1, 0, 1)).length - before);
    starts.push(before);
  }
  const ends = Array.from({length: most}, () => Infinity);
  const bounds = [...branches.map((branch) => branch.from), ...ends].map(boundText);
  const start = `${list(starts, "usmallint")}[greatest(least(year(${time}), ${to}) - ${from - 1}, 1)]`;
  const passed = ends.map((_, i) => ` + (${time} >= ${list(bounds, "timestamp")}[${start} + ${i + 1}])::utinyint`);
  const offsets = branches.map((branch) => branch.offset);
  return `coalesce(${time} + to_milliseconds(${list(offsets, "bigint")}[${start}${passed.join("")}]), ${time})`;
}

function list(values: (string | number)[], type: string): string {
  return `('[${values}]'::${type}[])`;
}

function yearOf({from}: Branch): number {
  return new Date(from).getUTCFullYear();
}

function boundText(time: number): string {
  return Number.isFinite(time) ? utcText(new Date(time)) : `${time < 0 ? "-" : ""}infinity`;
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
