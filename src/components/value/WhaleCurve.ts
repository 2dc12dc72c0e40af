import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatNumber, formatPercent} from "../format.js";
import type {CurvePoint} from "./value.js";
import {curveFinding} from "./words.js";

/** What share of the value the best customers hold: expected, and so far. */
export function WhaleCurve(points: readonly CurvePoint[], {asOf}: {asOf?: string}): HTMLElement {
  const gini = (series: string) => points.find((point) => point.series === series)?.gini;
  const title = "Share of the value by share of the customers, the best first";
  const coefficients = [
    `expected ${formatNumber(gini("expected"), 2)}`,
    ...(gini("historic") === undefined ? [] : [`so far ${formatNumber(gini("historic"), 2)}`])
  ];
  return Figure({
    title,
    name: "expected-value-curve",
    finding: curveFinding(points),
    data: points,
    columns: {
      series: {label: "Value", format: (name: string) => (name === "expected" ? "expected (forecast)" : "so far")},
      share_customers: {label: "Share of customers, best first", format: (v: number) => formatPercent(v, 0)},
      share_value: {label: "Share of value", format: (v: number) => formatPercent(v)}
    },
    keys: [
      {label: "expected (forecast)", color: colors.accent},
      {label: "so far", color: colors.muted}
    ],
    caption: `Gini: ${coefficients.join(", ")}; 0 is an even spread, 1 is everything in one hand. Each curve ranks the customers anew.`,
    asOf,
    empty: "No curve: nothing is expected of anybody.",
    render: (width) => draw(points, Math.min(width, 460), title)
  });
}

function draw(points: readonly CurvePoint[], width: number, title: string) {
  const of = (series: string) => points.filter((point) => point.series === series);
  const lines = [
    {points: of("historic"), stroke: colors.muted, dash: undefined},
    {points: of("expected"), stroke: colors.accent, dash: "6,4"}
  ].filter((line) => line.points.length > 0);
  return chart({
    label: `${title}: ${curveFinding(points)}`,
    width,
    height: Math.min(width, 360),
    marginLeft: 40,
    marginBottom: 40,
    marginTop: 12,
    marginRight: 24,
    x: {
      label: "share of customers, best first",
      labelAnchor: "center",
      labelArrow: "none",
      tickFormat: percent,
      ticks: 5
    },
    y: {label: null, tickFormat: percent, ticks: 5, domain: [0, 1]},
    marks: [
      Plot.line([[0, 0], [1, 1]], {stroke: colors.faint, strokeDasharray: "2,3"}), // prettier-ignore
      Plot.text([[0.55, 0.55]], {text: ["even spread"], dy: 12, dx: 4, textAnchor: "start", fill: colors.muted}),
      ...lines.map(({points, stroke, dash}) =>
        Plot.line(points, {x: "share_customers", y: "share_value", stroke, strokeWidth: 2, strokeDasharray: dash})
      )
    ]
  });
}

function percent(value: number): string {
  return formatPercent(value, 0);
}
