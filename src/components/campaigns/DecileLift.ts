import * as Plot from "@observablehq/plot";
import {smallCell} from "../../lib/response/kpis.js";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatChance, formatMoney, formatPercent, formatPoints} from "../format.js";
import type {CampaignFigure, DecileLiftRow} from "./campaigns.js";
import {decileAxis} from "./decileAxis.js";

/** Where a campaign's difference to the holdout lies, by decile at send: one measure, one window, all mailed arms. */
export function DecileLift(
  rows: readonly DecileLiftRow[],
  {name, asOf, currency, label}: CampaignFigure & {label: string}
): HTMLElement {
  const shown = rows.filter((row) => row.difference !== null).sort((a, b) => a.bucket - b.bucket);
  const kind = shown[0]?.kind ?? "rate";
  const days = shown[0]?.window_days;
  const write = (v: number | null) =>
    v === null ? "–" : kind === "rate" ? formatPercent(v, 2) : formatMoney(v, currency);
  const change = (v: number | null) =>
    v === null ? "–" : kind === "rate" ? formatPoints(v, 2) : formatMoney(v, currency);
  const joint = shown[0]?.joint_p ?? null;
  return Figure({
    title: `${label} within ${days ?? 0} days · difference to the holdout by decile at send · ${name}`,
    finding: joint === null ? undefined : sentence(joint, shown),
    data: shown,
    columns: {
      bucket: "Decile",
      n_treated: "People",
      n_control: "Held out",
      treated: {label: "Mailed", format: write},
      control: {label: "Holdout", format: write},
      difference: {label: "Difference", format: change},
      lower: {label: "95% from", format: change},
      upper: {label: "to", format: change},
      shrunk: {label: "Drawn in", format: change},
      p_value: {label: "p", format: formatChance},
      p_adjusted: {label: "p, corrected", format: formatChance}
    },
    caption: `Dots: each decile by itself, with its 95% interval. Ticks: drawn towards the mean of all by how little each says by itself. Grey: fewer than ${smallCell} people on a side. p is corrected for so many looks by Holm's method.`,
    asOf,
    empty: "Nobody of a known decile was held out of this campaign.",
    render: (width) => draw(shown, width, `${label}: difference to the holdout by decile at send, ${name}`, change)
  });
}

function sentence(joint: number, rows: readonly DecileLiftRow[]): string {
  if (joint >= 0.05)
    return `The deciles do not differ by more than chance (joint test p = ${joint.toFixed(2)}): read the campaign's one figure, not the best decile's.`;
  const clear = rows.filter((row) => row.p_adjusted !== null && row.p_adjusted < 0.05);
  const which = clear.map((row) => row.bucket).join(", ");
  return `The difference is not the same in all deciles (joint test p = ${formatChance(joint)})${clear.length > 0 ? `; clear by itself in decile ${which}` : ""}.`;
}

function draw(rows: readonly DecileLiftRow[], width: number, label: string, change: (value: number) => string) {
  const isSmall = (row: DecileLiftRow) => Math.min(row.n_treated, row.n_control) < smallCell;
  const known = rows.filter((row) => row.lower !== null && row.upper !== null && !isSmall(row));
  const ends = (known.length > 0 ? known : rows).flatMap((row) => [row.lower ?? 0, row.upper ?? 0, 0]);
  const place = (row: DecileLiftRow) => String(row.bucket);
  return chart({
    label,
    width,
    height: 260,
    marginLeft: 64,
    marginRight: 4,
    marginTop: 8,
    marginBottom: 36,
    x: decileAxis(rows.map(place)),
    y: {
      label: null,
      tickFormat: change,
      ticks: 4,
      tickSize: 0,
      grid: true,
      domain: [Math.min(...ends), Math.max(...ends)],
      nice: true
    },
    marks: [
      Plot.ruleY([0], {stroke: colors.ink}),
      Plot.ruleX(rows, {
        x: place,
        y1: "lower",
        y2: "upper",
        stroke: (row) => (isSmall(row) ? colors.faint : colors.accent),
        strokeWidth: 2,
        clip: true
      }),
      Plot.dot(rows, {
        x: place,
        y: "difference",
        r: 4,
        fill: (row) => (isSmall(row) ? colors.faint : colors.accent),
        clip: true
      }),
      Plot.tickY(
        rows.filter((row) => row.shrunk !== null),
        {x: place, y: "shrunk", stroke: colors.ink, strokeWidth: 1.5}
      )
    ]
  });
}
