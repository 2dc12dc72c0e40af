import {parseLookback, type Lookback} from "../definitions/lookback.js";
import {parseDate} from "./dates.js";

/** When a metric or decile is asked for: at the end of a date, or of the day some time before today. */
export type At = {date: string} | {ago: Exclude<Lookback, "lifetime">};

/** Reads "2026-03-01" or "3 months ago"; undefined for anything else. */
export function parseAt(text: string): At | undefined {
  const date = parseDate(text);
  if (date) return {date};
  const match = /^(.+) ago$/.exec(text.trim());
  const ago = match ? parseLookback(match[1]!) : undefined;
  return ago === undefined || ago === "lifetime" ? undefined : {ago};
}
