import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import type {Row} from "../data.js";
import {Figure} from "../Figure.js";
import {formatNumber, formatPercent, plural} from "../format.js";

/** A row of `deciles_lorenz.arrow`. */
export interface LorenzPoint extends Row {
  metric: string;
  lookback: string;
  category: string;
  share_profiles: number;
  share_value: number;
  n: number;
  clipped: number;
  gini: number;
}

/** The Lorenz curve of one partition, with its Gini coefficient and what the best tenth hold. */
export function LorenzCurve(
  points: readonly LorenzPoint[],
  {title, asOf}: {title: string; asOf?: string}
): HTMLElement {
  const gini = points[0]?.gini ?? null;
  const clipped = points[0]?.clipped ?? 0;
  const best = topShare(points, 0.1);
  return Figure({
    title,
    finding: `Gini ${formatNumber(gini, 2)}: the best tenth hold ${formatPercent(best, 0)}, the lower half ${formatPercent(at(points, 0.5), 0)}.`,
    data: points,
    columns: {
      share_profiles: {label: "Share of customers, poorest first", format: (v: number) => formatPercent(v, 0)},
      share_value: {label: "Share of value", format: (v: number) => formatPercent(v)}
    },
    caption: `0 is an even spread, 1 is everything in one hand. ${clipped > 0 ? `${plural(clipped, "negative total")} counted as zero.` : ""}`,
    asOf,
    empty: "No curve: nobody here has a positive total in this window.",
    render: (width) => draw(points, Math.min(width, 460), best, title)
  });
}

/** The share that the best `share` of the customers hold. */
function topShare(points: readonly LorenzPoint[], share: number): number {
  return 1 - at(points, 1 - share);
}

/** The curve's height at a share of the customers, between its points on a straight line. */
function at(points: readonly LorenzPoint[], x: number): number {
  const after = points.findIndex((point) => point.share_profiles >= x);
  if (after <= 0) return points[0]?.share_value ?? 0;
  const [a, b] = [points[after - 1]!, points[after]!];
  const width = b.share_profiles - a.share_profiles;
  return width === 0
    ? b.share_value
    : a.share_value + ((x - a.share_profiles) / width) * (b.share_value - a.share_value);
}

function draw(points: readonly LorenzPoint[], width: number, best: number, title: string) {
  return chart({
    label: `${title}: the best tenth of the customers hold ${formatPercent(best, 0)} of the value`,
    width,
    height: Math.min(width, 360),
    marginLeft: 40,
    marginBottom: 40,
    marginTop: 12,
    marginRight: 24,
    x: {
      label: "share of customers, poorest first",
      labelAnchor: "center",
      labelArrow: "none",
      tickFormat: percent,
      ticks: 5
    },
    y: {label: null, tickFormat: percent, ticks: 5, grid: false},
    marks: [
      Plot.line([[0, 0], [1, 1]], {stroke: colors.faint, strokeDasharray: "2,3"}), // prettier-ignore
      Plot.text([[0.42, 0.42]], {text: ["even spread"], rotate: -Math.min(42, 42), dy: -8, fill: colors.muted}),
      Plot.areaY(points, {
        x: "share_profiles",
        y1: "share_profiles",
        y2: "share_value",
        fill: colors.accent,
        fillOpacity: 0.1
      }),
      Plot.line(points, {x: "share_profiles", y: "share_value", stroke: colors.accent, strokeWidth: 2}),
      Plot.link([0], {x1: 0.9, x2: 0.9, y1: 1 - best, y2: 1, stroke: colors.ink}),
      Plot.dot([0], {x: 0.9, y: 1 - best, r: 3.5, fill: colors.ink}),
      Plot.text([0], {
        x: 0.9,
        y: 1 - best / 2,
        text: [`best tenth: ${formatPercent(best, 0)}`],
        textAnchor: "end",
        dx: -8,
        fill: colors.ink,
        stroke: colors.paper,
        strokeWidth: 4
      })
    ]
  });
}

function percent(value: number): string {
  return formatPercent(value, 0);
}
