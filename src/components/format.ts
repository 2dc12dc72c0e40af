const locale = "en-US";
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const missing = "–";
// What rounds to nothing has no sign.
const signDisplay = "negative";

/** A count with thousands: `12,345`. Null shows as a dash, here and below. */
export function formatCount(value: number | null | undefined): string {
  return isMissing(value) ? missing : counts.format(value);
}

/** A number with up to `digits` decimals: `12.3`. */
export function formatNumber(value: number | null | undefined, digits = 1): string {
  return isMissing(value)
    ? missing
    : new Intl.NumberFormat(locale, {maximumFractionDigits: digits, signDisplay}).format(value);
}

/** A large number in three digits, one below 10,000 in full: `1.23M`, `45.6k`, `1,378`. For axes and headlines. */
export function formatShort(value: number | null | undefined): string {
  if (isMissing(value)) return missing;
  if (Math.abs(value) < 1000) return new Intl.NumberFormat(locale, {maximumSignificantDigits: 3}).format(value);
  if (Math.abs(value) < 10_000) return counts.format(Math.round(value));
  return new Intl.NumberFormat(locale, {notation: "compact", maximumSignificantDigits: 3})
    .format(value)
    .replace("K", "k");
}

/** A share as percent: `formatPercent(0.1234)` is `12.3%`, 0.1203 `12.0%`. What is whole is written so: `12%`, `100%`. */
export function formatPercent(value: number | null | undefined, digits = 1): string {
  return isMissing(value)
    ? missing
    : new Intl.NumberFormat(locale, {style: "percent", ...hundredths(value, digits), signDisplay}).format(value);
}

/** A p-value: `0.0312`, `<0.0001`. */
export function formatChance(value: number | null | undefined): string {
  return isMissing(value) ? missing : value < 0.0001 ? "<0.0001" : value.toFixed(4);
}

/** Percentage points with their sign: `+1.2 pt`. */
export function formatPoints(value: number | null | undefined, digits = 1): string {
  if (isMissing(value)) return missing;
  const points = new Intl.NumberFormat(locale, {...hundredths(value, digits), signDisplay: "exceptZero"});
  return `${points.format(value * 100)} pt`;
}

/** Money in the given currency: `$1,234.50`; without decimals from 10,000 up. */
export function formatMoney(value: number | null | undefined, currency: string): string {
  if (isMissing(value)) return missing;
  const digits = Math.abs(value) >= 10_000 ? 0 : 2;
  return moneyFormat(currency, {minimumFractionDigits: digits, maximumFractionDigits: digits}).format(value);
}

/** Money in three digits, below 10,000 in whole units: `$1.23M`, `$1,378`. */
export function formatMoneyShort(value: number | null | undefined, currency: string): string {
  if (isMissing(value)) return missing;
  if (Math.abs(value) < 1000) {
    const digits = Number.isInteger(value) ? 0 : 2;
    return moneyFormat(currency, {minimumFractionDigits: digits, maximumFractionDigits: digits}).format(value);
  }
  if (Math.abs(value) < 10_000) return moneyFormat(currency, {maximumFractionDigits: 0}).format(value);
  return moneyFormat(currency, {notation: "compact", maximumSignificantDigits: 3}).format(value).replace("K", "k");
}

export interface UnitFormat {
  /** In full: `$1,234.50`, `1,234 points`. */
  full(value: number | null | undefined): string;
  /** In three or four digits: `$12.3k`, `1,230`. */
  short(value: number | null | undefined): string;
  /** What an axis says: `USD`, `points`. */
  name: string;
}

/**
 * How a metric's values are written, given its unit (`money`, or a plural noun) and the workspace's currency.
 */
export function unitFormat(unit: string | null | undefined, currency: string): UnitFormat {
  if (unit === "money") {
    return {full: (v) => formatMoney(v, currency), short: (v) => formatMoneyShort(v, currency), name: currency};
  }
  const name = !unit || unit === "count" ? "" : unit;
  return {
    full: (v) => [formatNumber(v, Math.abs(v ?? 0) < 1000 ? 1 : 0), name].filter(Boolean).join(" "),
    short: formatShort,
    name
  };
}

/** A date, read in UTC: `30 Jun 1998`. */
export function formatDate(date: Date | number | null | undefined): string {
  if (date === null || date === undefined) return missing;
  const d = new Date(date);
  return Number.isNaN(+d) ? missing : `${d.getUTCDate()} ${months[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

/** The day of an instant in a time zone: `30 Jun 1998`. */
export function formatDayIn(date: Date | number | null | undefined, timeZone: string): string {
  if (date === null || date === undefined) return missing;
  const parts = new Intl.DateTimeFormat("en-CA", {timeZone, year: "numeric", month: "2-digit", day: "2-digit"});
  return formatDate(Date.parse(parts.format(new Date(date))));
}

/** A month: `Jun 1998`. */
export function formatMonth(date: Date | number | null | undefined): string {
  return date === null || date === undefined ? missing : formatDate(date).replace(/^\d+ /, "");
}

/** An instant in UTC: `30 Jun 1998, 13:05 UTC`. */
export function formatInstant(date: Date | number | null | undefined): string {
  if (date === null || date === undefined) return missing;
  return `${formatDate(date)}, ${new Date(date).toISOString().slice(11, 16)} UTC`;
}

/** An instant in a time zone: `30 Jun 1998, 15:05`; the day alone at midnight. */
export function formatInstantIn(date: Date | number, timeZone: string): string {
  const time = new Intl.DateTimeFormat("en-GB", {timeZone, timeStyle: "short"}).format(new Date(date));
  const day = formatDayIn(date, timeZone);
  return time === "00:00" ? day : `${day}, ${time}`;
}

/** Bytes: `1.2 MB`. */
export function formatBytes(value: number | null | undefined): string {
  if (isMissing(value)) return missing;
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(value, 1)) / 3)));
  return `${new Intl.NumberFormat(locale, {maximumSignificantDigits: 3}).format(value / 1000 ** power)} ${units[power]}`;
}

/** `plural(1, "row")` is `1 row`, `plural(1200, "row")` is `1,200 rows`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** A name as people read it: `award_points` is `award points`; `*` is `all`, `(none)` is `no category`. */
export function formatName(name: string): string {
  if (name === "*") return "all together";
  if (name === "(none)") return "none";
  return name.replaceAll("_", " ");
}

/** `a, b and c`. */
export function formatList(items: readonly string[], word = "and"): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}

// Rounded figures stand beside each other with as many decimals each.
function hundredths(share: number, digits: number): Intl.NumberFormatOptions {
  const isWhole = Math.abs(share * 100 - Math.round(share * 100)) < 1e-9;
  return {minimumFractionDigits: isWhole ? 0 : digits, maximumFractionDigits: digits};
}

const counts = new Intl.NumberFormat(locale, {maximumFractionDigits: 0});

function moneyFormat(currency: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {style: "currency", currency, signDisplay, ...options});
}

function isMissing(value: number | null | undefined): value is null | undefined {
  return value === null || value === undefined || Number.isNaN(value);
}
