import {formatMoney} from "../format.js";
import {Table} from "../Table.js";
import type {ValueChangeRow} from "./campaigns.js";

/** The change of expected value of each arm's people, beside those held out. */
export function ValueChange(
  rows: readonly ValueChangeRow[],
  {name, currency}: {name: string; currency: string}
): HTMLElement {
  const money = (v: number | null) => (v === null ? "–" : formatMoney(v, currency));
  return Table(rows, {
    caption: `Expected value per person, before and after ${name}`,
    name: "expected-value",
    columns: {
      arm_label: "Arm",
      n: "People",
      before: {label: "Before", format: money},
      after: {label: "After", format: money},
      change: {label: "Change", format: money},
      difference: {label: "Beyond holdout", format: money},
      lower: {label: "95% from", format: money},
      upper: {label: "to", format: money}
    }
  });
}
