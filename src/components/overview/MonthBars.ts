import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import type {Row} from "../data.js";
import {Figure} from "../Figure.js";
import {formatCount, formatMonth, type UnitFormat} from "../format.js";

/** A row of `overview_months.arrow`. */
export interface Month extends Row {
  month: Date;
  new: number | null;
  active: number | null;
  value: number | null;
}

export interface MonthBarsOptions {
  title: string;
  finding?: string;
  /** Which column the bars show. */
  column: "active" | "value";
  unit?: UnitFormat;
  /** Draws the new among them darker. */
  showNew?: boolean;
  asOf?: string;
  caption?: string | null;
  /** The last day covered: a month that it does not complete is drawn lighter. */
  until: Date;
}

/** One bar per month; the last complete month is labelled, an incomplete one is lighter. */
export function MonthBars(months: readonly Month[], options: MonthBarsOptions): HTMLElement {
  const {title, finding, column, unit, showNew = false, asOf, caption, until} = options;
  const full = unit?.full ?? formatCount;
  return Figure({
    title,
    finding,
    data: months,
    columns: {
      month: {label: "Month", format: (month: Date) => formatMonth(month)},
      new: "New customers",
      active: "Active customers",
      value: {label: "Value", format: (value: number) => (unit ? unit.full(value) : formatCount(value))}
    },
    keys: showNew
      ? [
          {label: "new that month", color: colors.accent},
          {label: "known before", color: colors.accentSoft}
        ]
      : [],
    asOf,
    caption: caption ?? undefined,
    empty: "No months to show: no customer has done anything that counts yet.",
    render: (width) => draw(months, width, {column, showNew, until, title, full, short: unit?.short ?? formatCount})
  });
}

interface Drawing {
  column: "active" | "value";
  showNew: boolean;
  until: Date;
  title: string;
  full(value: number | null): string;
  short(value: number | null): string;
}

function draw(months: readonly Month[], width: number, {column, showNew, until, title, full, short}: Drawing) {
  const last = months.findLast((month) => isComplete(month.month, until));
  const peak = months.reduce((best, month) => ((month[column] ?? 0) > (best[column] ?? 0) ? month : best), months[0]!);
  const fade = (month: Month) => (isComplete(month.month, until) ? 1 : 0.45);
  // The peak goes without its label where the last month's would stand on it: some 40 pixels.
  const apart = last
    ? (Math.abs(months.indexOf(last) - months.indexOf(peak)) * (width - 68)) / months.length
    : Infinity;
  const labelled = last === undefined || peak === last ? [peak] : apart < 40 ? [last] : [peak, last];
  return chart({
    label: `${title}: ${months.length} months, highest ${full(peak[column])} in ${formatMonth(peak.month)}`,
    width,
    height: 220,
    marginLeft: 48,
    marginRight: 20,
    marginTop: 24,
    x: {label: null, tickSize: 3},
    y: {label: null, tickSize: 0, tickFormat: short, grid: true, ticks: 4},
    marks: [
      Plot.rectY(months, {
        x: "month",
        y: column,
        interval: "month",
        fill: showNew ? colors.accentSoft : colors.accent,
        fillOpacity: {value: fade, scale: null},
        insetLeft: 1,
        insetRight: 0,
        title: (month: Month) =>
          `${formatMonth(month.month)}: ${full(month[column])}${showNew ? `, ${formatCount(month.new)} new` : ""}`
      }),
      ...(showNew
        ? [
            Plot.rectY(months, {
              x: "month",
              y: "new",
              interval: "month",
              fill: colors.accent,
              fillOpacity: {value: fade, scale: null},
              insetLeft: 1,
              insetRight: 0,
              pointerEvents: "none"
            })
          ]
        : []),
      Plot.ruleY([0], {stroke: colors.ink}),
      Plot.text(labelled, {
        x: (month: Month) => +month.month + 15 * 86_400_000,
        y: column,
        text: (month: Month) => short(month[column]),
        dy: -8,
        fill: colors.ink,
        stroke: colors.paper,
        strokeWidth: 4
      })
    ]
  });
}

/** Whether the data cover a month to its end. */
export function isComplete(month: Date, until: Date): boolean {
  return Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1) - 86_400_000 <= +until;
}
