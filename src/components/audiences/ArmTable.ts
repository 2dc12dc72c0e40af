import {formatCount, formatPercent, type UnitFormat} from "../format.js";
import {Table} from "../Table.js";
import type {AudienceArm} from "./audiences.js";

/** The arms that a split audience falls into. */
export function ArmTable(
  arms: readonly AudienceArm[],
  {name, unit, measure}: {name: string; unit: UnitFormat; measure: string}
): HTMLElement {
  const all = arms.reduce((sum, {profiles}) => sum + profiles, 0);
  return Table(
    arms.map((arm) => ({...arm, share: arm.profiles / Math.max(1, all)})),
    {
      caption: "Arms",
      name: `${name}-arms`,
      columns: {
        arm: {label: "Arm", format: (arm: string | null) => arm ?? "in no arm"},
        profiles: {label: "Customers", format: (n: number) => formatCount(n)},
        share: {label: "Share", format: (share: number) => formatPercent(share)},
        value: {label: measure, format: (value: number) => unit.short(value)}
      }
    }
  );
}
