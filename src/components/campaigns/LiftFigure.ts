import * as Plot from "@observablehq/plot";
import {describeLift, points} from "../../lib/response/describeLift.js";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatMoney, formatPercent, formatPoints, plural} from "../format.js";
import type {CampaignFigure, LiftRow} from "./campaigns.js";

/** One measure's difference between each arm and the people held out, per window, with its 95 % interval and zero. */
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
      lower: {label: "95 % from", format: change},
      upper: {label: "to", format: change},
      relative: {
        label: "Relative",
        format: (v: number | null) => (v === null ? "–" : `${v > 0 ? "+" : ""}${formatPercent(v, 0)}`)
      },
      total: {label: "In all", format: (v: number) => (isRate ? formatCount(v) : money(v))},
      p_value: {label: "p", format: (v: number | null) => (v === null ? "–" : v < 0.0001 ? "<0.0001" : v.toFixed(4))}
    },
    caption: `Everybody assigned counts, mailed or not, from the assignment on. ${isRate ? "Intervals by Wilson's and Newcombe's scores" : "Intervals by Welch's t"}.${open ? " Hollow: the window has not passed yet for everybody." : ""}`,
    asOf,
    render: (width) => draw(lifts, width, `${measure.measure_label}: difference to the holdout, ${name}`, change)
  });
}

/** All mailed arms in a sentence, then each by itself. */
function finding(lifts: readonly LiftRow[], money: (value: number) => string): string {
  if (lifts.some((row) => row.is_sample_ratio_ok === false))
    return "No conclusion: the arms are not as large as they were meant to be, so the split or its record is broken.";
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

function draw(lifts: readonly LiftRow[], width: number, label: string, change: (value: number) => string) {
  const windows = [...new Set(lifts.map((row) => row.window_days))];
  const narrow = width < 480;
  const place = (row: LiftRow) => (windows.length > 1 ? `${row.arm_label}, ${row.window_days} d` : row.arm_label);
  const known = lifts.filter((row) => row.lower !== null && row.upper !== null);
  const clear = (row: LiftRow) => (row.lower! > 0 ? colors.good : row.upper! < 0 ? colors.bad : colors.muted);
  const ends = known.flatMap((row) => [row.lower!, row.upper!, 0]);
  return chart({
    label,
    width,
    height: lifts.length * 30 + 40,
    marginLeft: narrow ? 128 : 176,
    marginRight: narrow ? 60 : 76,
    marginTop: 4,
    marginBottom: 32,
    x: {
      label: null,
      domain: [Math.min(...ends), Math.max(...ends)],
      tickFormat: change,
      ticks: narrow ? 3 : 5,
      nice: true
    },
    y: {label: null, tickSize: 0, domain: lifts.map(place), type: "point", padding: 0.6},
    marks: [
      Plot.ruleX([0], {stroke: colors.ink}),
      Plot.ruleY(known, {y: place, x1: "lower", x2: "upper", stroke: clear, strokeWidth: 2}),
      Plot.dot(known, {
        y: place,
        x: "difference",
        r: 4.5,
        fill: (row) => (row.is_complete ? clear(row) : colors.paper),
        stroke: clear,
        strokeWidth: 2
      }),
      Plot.text(known, {
        y: place,
        x: "upper",
        text: (row) => change(row.difference),
        dx: 8,
        textAnchor: "start",
        fill: colors.ink
      })
    ]
  });
}
