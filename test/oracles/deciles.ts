import {windowStart} from "../../lib/calendar.js";
import {parseLookback} from "../../lib/definitions/lookback.js";
import type {TestEvent} from "../warehouse.js";

export interface OracleOptions {
  asOf: Date;
  zone: string;
  lookbacks: string[];
  buckets: number;
  ties: "together" | "split";
  minPartition: number;
  kind: "sum" | "count" | "distinct" | "min" | "max" | "last";
  isNet: boolean;
  /** Properties that name one fact. */
  dedupe?: string[];
  /** The category: none, a property of the event, or the attribute `tier` at the event or as of the end. */
  category?: "property" | "at event" | "at as_of";
}

export interface OracleRow {
  profile: string;
  lookback: string;
  category: string;
  bucket: number | null;
  reason: string | null;
  percentile: number | null;
  value: number | null;
  partition_size: number | null;
  tied: number | null;
  lower_edge: number | null;
  upper_edge: number | null;
}

interface Fact {
  profile: string;
  time: number;
  category: string;
  amount: bigint;
  item: string;
  place: number;
}

/** Deciles by the book, one person after the other: what the SQL must agree with. Events in their order of id. */
export function decilesOracle(events: TestEvent[], options: OracleOptions): OracleRow[] {
  const {asOf, zone, lookbacks, kind, category} = options;
  const past = events.map((event, place) => ({...event, at: Date.parse(`${event.time}Z`), place})).sort(byTime);
  const tierBefore = (profile: string, time: number, isInclusive: boolean) => {
    const tiers = past.filter(
      (event) =>
        event.type === "profile.updated" &&
        event.profile === profile &&
        event.properties?.tier != null &&
        (isInclusive ? event.at <= time : event.at < time)
    );
    return label(tiers.at(-1)?.properties?.tier);
  };
  const facts: Fact[] = [];
  const known = new Set<string>();
  for (const event of past) {
    const isRefund = event.type === "commerce.refund";
    if (event.type !== "commerce.purchase" && !(isRefund && options.isNet && (kind === "sum" || kind === "count")))
      continue;
    if (kind !== "count" && event.value == null) continue;
    const keys = options.dedupe?.map((name) => event.properties?.[name] ?? null);
    if (keys && !keys.includes(null)) {
      const fact = JSON.stringify([event.profile, isRefund, keys]);
      if (known.has(fact)) continue;
      known.add(fact);
    }
    const units = kind === "count" ? 10_000n : BigInt(Math.round(Number(event.value) * 10_000));
    facts.push({
      profile: event.profile,
      time: event.at,
      category:
        category === "property" ? label(event.properties?.shop)
        : category === "at event" ? tierBefore(event.profile, event.at, true)
        : category === "at as_of" ? tierBefore(event.profile, asOf.getTime(), false)
        : "*", // prettier-ignore
      amount: isRefund ? -units : units,
      item: String(event.value),
      place: event.place
    });
  }
  const profiles = [...new Set(past.filter((event) => event.at < asOf.getTime()).map((event) => event.profile))];
  const rows: OracleRow[] = [];
  for (const lookback of lookbacks) {
    const start = windowStart(asOf, parseLookback(lookback)!, zone)?.getTime() ?? -Infinity;
    const inside = facts.filter(({time}) => time >= start && time < asOf.getTime());
    const categories = new Set(["*", ...inside.map((fact) => fact.category)]);
    for (const name of categories) {
      const totals = new Map<string, bigint>();
      for (const profile of profiles) {
        const own = inside.filter((fact) => fact.profile === profile && (name === "*" || fact.category === name));
        if (own.length > 0) totals.set(profile, total(own, kind));
      }
      rows.push(...rank(totals, options).map((row) => ({...row, lookback, category: name})));
      if (name !== "*") continue;
      for (const profile of profiles) {
        if (!totals.has(profile)) rows.push(inactive(profile, lookback, kind));
      }
    }
  }
  return rows;
}

function rank(totals: Map<string, bigint>, options: OracleOptions): Omit<OracleRow, "lookback" | "category">[] {
  const {buckets, ties, minPartition} = options;
  const n = totals.size;
  const compare = (a: [string, bigint], b: [string, bigint]) =>
    a[1] > b[1] ? -1 : a[1] < b[1] ? 1 : a[0] < b[0] ? -1 : 1;
  const sorted = [...totals].sort(compare);
  const isSmall = n < minPartition;
  const rows = sorted.map(([profile, value], i) => {
    const first = sorted.findIndex((other) => other[1] === value) + 1;
    const tied = sorted.filter((other) => other[1] === value).length;
    const midrank = first + (tied - 1) / 2;
    // NTILE: the first n mod k buckets get one more.
    const size = Math.floor(n / buckets);
    const more = n % buckets;
    const split =
      i < more * (size + 1) ? Math.floor(i / (size + 1)) + 1 : Math.floor((i - more * (size + 1)) / size) + more + 1;
    return {
      profile,
      bucket: isSmall ? null : ties === "together" ? Math.ceil((buckets * midrank) / n - 1e-9) : split,
      reason: isSmall ? "small_partition" : null,
      percentile: isSmall ? null : n === 1 ? 100 : (100 * (n - midrank)) / (n - 1),
      value: Number(value) / 10_000,
      partition_size: n,
      tied
    };
  });
  return rows.map((row) => {
    const values = rows.filter((other) => other.bucket === row.bucket).map((other) => other.value);
    return {
      ...row,
      lower_edge: isSmall ? null : Math.min(...values),
      upper_edge: isSmall ? null : Math.max(...values)
    };
  });
}

function total(facts: Fact[], kind: OracleOptions["kind"]): bigint {
  const amounts = facts.map((fact) => fact.amount);
  switch (kind) {
    case "distinct":
      return BigInt(new Set(facts.map((fact) => fact.item)).size) * 10_000n;
    case "min":
      return amounts.reduce((a, b) => (b < a ? b : a));
    case "max":
      return amounts.reduce((a, b) => (b > a ? b : a));
    case "last":
      return facts.reduce((a, b) => (b.time > a.time || (b.time === a.time && b.place > a.place) ? b : a)).amount;
    default:
      return amounts.reduce((a, b) => a + b);
  }
}

function inactive(profile: string, lookback: string, kind: OracleOptions["kind"]): OracleRow {
  return {
    profile,
    lookback,
    category: "*",
    bucket: null,
    reason: "inactive",
    percentile: null,
    value: ["sum", "count", "distinct"].includes(kind) ? 0 : null,
    partition_size: null,
    tied: null,
    lower_edge: null,
    upper_edge: null
  };
}

function label(value: unknown): string {
  return value == null ? "(none)" : value === "*" ? "(*)" : String(value);
}

function byTime(a: {at: number; place: number}, b: {at: number; place: number}): number {
  return a.at - b.at || a.place - b.place;
}
