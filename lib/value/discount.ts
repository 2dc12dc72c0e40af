import {gaussLegendre} from "../stats/quadrature.js";

const {nodes, weights} = gaussLegendre(16);

/** Units in a year, for turning an annual discount rate into one per unit. */
export const unitsPerYear = {day: 365.25, week: 365.25 / 7, month: 12} as const;

export type TimeUnit = keyof typeof unitsPerYear;

/** The continuous discount rate per unit of time that an annual rate (0.1 for 10%) amounts to. */
export function discountRate(annualRate: number, unit: TimeUnit): number {
  return Math.log1p(annualRate) / unitsPerYear[unit];
}

/**
 * Expected orders within the horizon, each discounted to the end of observation at the continuous rate `delta`:
 * ∫ e^(−delta t) dE(t) = e^(−delta H) E(H) + delta ∫ e^(−delta t) E(t) dt, for any model's expected orders E(t).
 */
export function discounted(expected: (horizon: number) => number, horizon: number, delta: number): number {
  if (!(horizon > 0)) return 0;
  const undiscounted = expected(horizon);
  if (delta === 0) return undiscounted;
  let integral = 0;
  for (let i = 0; i < nodes.length; ++i) {
    const t = nodes[i]! * horizon;
    integral += weights[i]! * Math.exp(-delta * t) * expected(t);
  }
  return Math.exp(-delta * horizon) * undiscounted + delta * horizon * integral;
}
