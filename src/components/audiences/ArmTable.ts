import {formatCount, formatPercent, type UnitFormat} from "../format.js";
import {Table} from "../Table.js";
import type {AudienceArm} from "./audiences.js";

/** The arms that a split audience of `size` members falls into. */
export function ArmTable(
  arms: readonly AudienceArm[],
  {name, size, unit, measure}: {name: string; size: number; unit: UnitFormat; measure: string}
): HTMLElement {
  return Table(
    arms.map((arm) => ({...arm, share: arm.profiles / Math.max(1, size)})),
    {
      caption: "Arms",
      name: `${name}-arms`,
      columns: {
        arm: {label: "Arm", format: (arm: string | null) => arm ?? "in no arm"},
        profiles: {label: "Customers", format: (n: number) => formatCount(n)},
        share: {label: "Share", description: "of all members", format: (share: number) => formatPercent(share)},
        value: {label: measure, format: (value: number) => unit.short(value)}
      }
    }
  );
}
