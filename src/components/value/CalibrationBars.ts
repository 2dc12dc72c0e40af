import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatDate, formatNumber, formatShort, type UnitFormat} from "../format.js";
import type {ValueCheck, ValueTenth} from "./value.js";
import {checkCaption, checkFinding} from "./words.js";

const series = [
  {key: "baseline", label: "past rate × mean (baseline)", color: "var(--rule-strong)"},
  {key: "predicted", label: "forecast", color: colors.accentSoft},
  {key: "actual", label: "what came", color: colors.accent}
] as const;

export interface CalibrationOptions {
  measure: "orders" | "value";
  unit: UnitFormat;
  asOf?: string;
}

/** Forecast against what came by tenth of the forecast, the baseline beside it. */
export function CalibrationBars(
  tenths: readonly ValueTenth[],
  checks: readonly ValueCheck[],
  {measure, unit, asOf}: CalibrationOptions
): HTMLElement {
  const shown = tenths.filter((row) => row.measure === measure).sort((a, b) => a.tenth - b.tenth);
  const [any] = shown;
  const write = measure === "orders" ? (v: number) => formatNumber(v, 1) : unit.full;
  const title = `Holdout, forecast against actual · ${measure} by tenth of the forecast`;
  return Figure({
    title: any ? `${title}, ${formatDate(+any.origin + 86_400_000)} to ${formatDate(any.until)}` : title,
    name: `holdout-${measure}`,
    finding: checkFinding(checks, measure, unit),
    data: shown,
    columns: {
      tenth: "Tenth",
      customers: "Customers",
      predicted: {label: "Forecast", format: write},
      actual: {label: "Actual", format: write},
      baseline: {label: "Past rate × mean", format: write}
    },
    keys: series.map(({label, color}) => ({label, color})),
    caption: `${checkCaption(checks, measure)} The first tenth are those of whom most was forecast; equals stay together.`,
    asOf,
    empty: "No holdout: no forecast could be made from the data of an earlier day and held against what came after.",
    render: (width) => draw(shown, width, title, measure === "orders" ? formatShort : unit.short, measure)
  });
}

function draw(
  tenths: readonly ValueTenth[],
  width: number,
  title: string,
  short: (value: number) => string,
  measure: string
) {
  const bars = tenths.flatMap((row) =>
    series.map(({key, label, color}) => ({
      tenth: row.tenth,
      key,
      label,
      color,
      value: row[key],
      customers: row.customers
    }))
  );
  return chart({
    label: `${title}: ${tenths.map((row) => `tenth ${row.tenth} forecast ${short(row.predicted)}, actual ${short(row.actual)}`).join("; ")}`,
    width,
    height: 280,
    marginLeft: 44,
    marginRight: 4,
    marginTop: 14,
    marginBottom: 36,
    fx: {
      label: "tenth of the forecast, the highest first",
      labelAnchor: "center",
      labelArrow: "none",
      axis: "bottom",
      tickSize: 0,
      padding: 0.18,
      domain: tenths.map((row) => row.tenth)
    },
    x: {axis: null, domain: series.map(({key}) => key), padding: 0.06},
    y: {label: null, tickSize: 0, ticks: 5, tickFormat: short, grid: true},
    marks: [
      Plot.barY(bars, {
        fx: "tenth",
        x: "key",
        y: "value",
        fill: (bar) => bar.color,
        title: (bar) =>
          `Tenth ${bar.tenth}, ${formatCount(bar.customers)} customers: ${bar.label} ${short(bar.value)} ${measure === "orders" ? "orders" : ""}`
      }),
      Plot.ruleY([0], {stroke: colors.ink})
    ]
  });
}
