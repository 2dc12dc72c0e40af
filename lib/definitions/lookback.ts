/** A window's length: a count of calendar units, or the whole past. */
export type Lookback = {count: number; unit: "day" | "week" | "month" | "year"} | "lifetime";

/**
 * Reads "12 months", "1 month", "90 days", "2 weeks", "1 year" or "lifetime".
 * Returns undefined for anything else.
 */
export function parseLookback(text: string): Lookback | undefined {
  if (text === "lifetime") return "lifetime";
  const match = /^([1-9]\d{0,4}) (day|week|month|year)s?$/.exec(text.trim());
  return match ? {count: Number(match[1]), unit: match[2] as "day" | "week" | "month" | "year"} : undefined;
}

/** The one spelling of a lookback, as it stands in `derived.deciles.lookback`: "1 month", "12 months", "lifetime". */
export function formatLookback(lookback: Lookback): string {
  if (lookback === "lifetime") return lookback;
  return `${lookback.count} ${lookback.unit}${lookback.count === 1 ? "" : "s"}`;
}
