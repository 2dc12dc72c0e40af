import {valueDefinition, type ValueDefinition} from "../../../lib/definitions/value.js";
import {parseLookback, type Lookback} from "../../../lib/definitions/lookback.js";
import {unitsPerYear, type TimeUnit} from "../../../lib/value/discount.js";
import type {Workspace} from "../../workspace.js";

/**
 * How this workspace's lifetime value is computed: as `value:` says, else by default where a source yields purchases.
 * Undefined where there are no orders to speak of.
 */
export function valueSettings(workspace: Workspace): ValueDefinition | undefined {
  if (workspace.value) return workspace.value;
  const defaults = valueDefinition.parse({});
  const types = workspace.sources.flatMap((source) =>
    source.events.flatMap(({type}) => (typeof type === "string" ? [type] : type.values))
  );
  return types.some((type) => defaults.orders.includes(type)) ? defaults : undefined;
}

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
