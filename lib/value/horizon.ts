import {parseLookback, type Lookback} from "../definitions/lookback.js";
import {unitsPerYear, type TimeUnit} from "./discount.js";

/** Days in a unit of time, by the average calendar. */
export function daysPer(unit: TimeUnit): number {
  return unit === "week" ? 7 : 365.25 / unitsPerYear[unit];
}

/** A horizon's length in a unit of time. */
export function horizonLength(horizon: string, unit: TimeUnit): number {
  const lookback = parseLookback(horizon) as Exclude<Lookback, "lifetime">;
  const days = {day: 1, week: 7, month: 365.25 / 12, year: 365.25}[lookback.unit] * lookback.count;
  return days / daysPer(unit);
}
