import {describeLift, points} from "../../lib/response/describeLift.js";
import {Figure} from "../Figure.js";
import {formatChance, formatCount, formatMoney, formatPercent, formatPoints, plural} from "../format.js";
import type {CampaignFigure, LiftRow} from "./campaigns.js";
import {intervalRows} from "./intervalRows.js";

/** One measure's difference between each arm and the people held out, per window, with its 95% interval and zero. */
export function LiftFigure(rows: readonly LiftRow[], {name, currency, asOf}: CampaignFigure): HTMLElement {
  const lifts = [...rows].sort((a, b) => a.arm_position - b.arm_position || a.window_days - b.window_days);
  const measure = lifts[0];
  if (!measure) return Figure({title: `Lift · ${name}`, data: [], render: () => document.createElement("div")});
  const isRate = measure.kind === "rate";
  const money = (value: number) => formatMoney(value, currency);
  const write = (value: number) => (isRate ? formatPercent(value, 2) : money(value));
  const change = (value: number) => (isRate ? formatPoints(value, 2) : signed(value, money));
  const open = lifts.some((row) => !row.is_complete);
  return Figure({
    title: `${measure.measure_label} · arm less holdout, ${isRate ? "percentage points of the people assigned" : "per person assigned"} · ${name}`,
    finding: finding(lifts, money),
    data: lifts,
    columns: {
      arm_label: "Arm",
      window_days: {label: "Within", format: (v: number) => plural(v, "day")},
      n_treated: "People",
      n_control: "Held out",
      treated: {label: "Arm", format: write},
      control: {label: "Holdout", format: write},
      difference: {label: "Difference", format: change},
      lower: {label: "95% from", format: change},
      upper: {label: "to", format: change},
      relative: {
        label: "Relative",
        format: (v: number | null) => (v === null ? "–" : `${v > 0 ? "+" : ""}${formatPercent(v, 0)}`)
      },
      total: {label: "In all", format: (v: number) => (isRate ? formatCount(v) : money(v))},
      p_value: {label: "p", format: formatChance}
    },
    caption: `Everybody assigned counts, mailed or not, from the assignment on. ${isRate ? "Intervals by Wilson's and Newcombe's scores" : "Intervals by Welch's t"}.${open ? " Hollow: the window has not passed yet for everybody." : ""}`,
    asOf,
    render: (width) =>
      intervalRows(lifts, {
        label: `${measure.measure_label}: difference to the holdout, ${name}`,
        width,
        value: (row) => row.difference,
        format: change
      })
  });
}

/** All mailed arms in a sentence, then each by itself. */
function finding(lifts: readonly LiftRow[], money: (value: number) => string): string {
  const main = headline(lifts);
  const sentence = describeLift(main, money);
  const arms = lifts.filter((row) => row.window_days === main.window_days && row !== main);
  if (arms.length === 0) return sentence;
  const each = arms.map(
    (row) => `${row.arm_label} ${row.kind === "rate" ? points(row.difference) : money(row.difference)}`
  );
  return `${sentence} ${each.join(", ")}.`;
}

/** The row that the sentence speaks of: all mailed arms, or the only one, over the longest window that has passed. */
function headline(lifts: readonly LiftRow[]): LiftRow {
  const first = lifts.filter((row) => row.arm_position === Math.min(...lifts.map((r) => r.arm_position)));
  return first.findLast((row) => row.is_complete) ?? first.at(-1)!;
}

function signed(value: number, write: (value: number) => string): string {
  return value > 0 ? `+${write(value)}` : write(value);
}
