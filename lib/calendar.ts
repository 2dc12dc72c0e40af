import type {Lookback} from "./definitions/lookback.js";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  let f = formats.get(zone);
  if (!f) {
    f = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric"
    });
    formats.set(zone, f);
  }
  return f;
}

/** Whether the runtime knows the IANA time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    format(zone);
    return true;
  } catch {
    return false;
  }
}

/** The zone's offset from UTC at an instant, in milliseconds (positive east of Greenwich). */
export function offsetAt(instant: Date, zone: string): number {
  if (zone === "UTC") return 0;
  const p = new Map(
    format(zone)
      .formatToParts(instant)
      .map((part) => [part.type, part.value])
  );
  const n = (type: string) => Number(p.get(type as Intl.DateTimeFormatPartTypes));
  const year = p.get("era")?.startsWith("B") ? 1 - n("year") : n("year");
  const local = utc(year, n("month") - 1, n("day"), n("hour"), n("minute"), n("second"));
  return local - Math.floor(instant.getTime() / 1000) * 1000;
}

/**
 * The instant at which a zone's clocks show a local time (given as if it were UTC). A time skipped by a clock change is
 * read with the offset before it, a repeated one as its first occurrence.
 */
export function fromLocal(local: Date, zone: string): Date {
  const t = local.getTime();
  const before = offsetAt(new Date(t - 86_400_000), zone);
  const after = offsetAt(new Date(t + 86_400_000), zone);
  for (const offset of before === after ? [before] : [before, after])
    if (offsetAt(new Date(t - offset), zone) === offset) return new Date(t - offset);
  return new Date(t - before);
}

/** An instant's wall-clock time in a zone, as a Date whose UTC fields are the local ones. */
export function toLocal(instant: Date, zone: string): Date {
  return new Date(instant.getTime() + offsetAt(instant, zone));
}

/** The local calendar date of an instant, as YYYY-MM-DD. */
export function localDate(instant: Date, zone: string): string {
  return toLocal(instant, zone).toISOString().slice(0, 10);
}

/** The instant at which a local date (YYYY-MM-DD) begins in a zone. */
export function startOfDate(date: string, zone: string): Date {
  return fromLocal(new Date(`${date}T00:00:00Z`), zone);
}

/** Adds calendar days to a date (YYYY-MM-DD). */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * The start of the half-open window [start, end) that reaches back one lookback from `end`, measured on the zone's
 * calendar: a month back from 31 March is the last day of February. Undefined for lifetime, which has no start.
 */
export function windowStart(end: Date, lookback: Lookback, zone: string): Date | undefined {
  if (lookback === "lifetime") return undefined;
  const local = toLocal(end, zone);
  const {count, unit} = lookback;
  if (unit === "day" || unit === "week") {
    return fromLocal(new Date(local.getTime() - count * (unit === "week" ? 7 : 1) * 86_400_000), zone);
  }
  return fromLocal(addMonths(local, -count * (unit === "year" ? 12 : 1)), zone);
}

/** Adds calendar months to a local time (UTC fields); the day is cut to the month's last. */
export function addMonths(local: Date, months: number): Date {
  const result = new Date(local);
  result.setUTCDate(1);
  result.setUTCMonth(result.getUTCMonth() + months);
  const last = new Date(Date.UTC(result.getUTCFullYear(), result.getUTCMonth() + 1, 0)).getUTCDate();
  result.setUTCDate(Math.min(local.getUTCDate(), last));
  return result;
}

/**
 * The zone's offsets over a span as steps: each `offset` (ms) holds from the instant `from` on; the first step starts
 * at -Infinity. Lets SQL convert between local time and UTC by a short CASE, without a time-zone library.
 */
export function offsetSteps(start: Date, end: Date, zone: string): {from: number; offset: number}[] {
  const steps = [{from: -Infinity, offset: offsetAt(start, zone)}];
  const day = 86_400_000;
  for (let t = start.getTime(); t < end.getTime(); t += day) {
    const offset = offsetAt(new Date(t + day), zone);
    if (offset === steps[steps.length - 1]!.offset) continue;
    let [low, high] = [t, t + day];
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (offsetAt(new Date(middle), zone) === offset) high = middle;
      else low = middle;
    }
    steps.push({from: high, offset});
  }
  return steps;
}

function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hour, minute, second, 0);
  return date.getTime();
}
