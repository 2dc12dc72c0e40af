import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import type {Row} from "../data.js";
import {Figure} from "../Figure.js";
import {formatDate, formatPercent} from "../format.js";

/** A row of `deciles_trend.arrow`. */
export interface TrendRow extends Row {
  as_of: Date;
  date: Date;
  metric: string;
  lookback: string;
  profiles: number;
  top_profiles: number;
  value: number;
  top_value: number;
  share: number | null;
}

/** How much of all value the best decile holds, over time: whether the base leans more on its best, or less. */
export function TopShareTrend(rows: readonly TrendRow[], {title, asOf}: {title: string; asOf?: string}): HTMLElement {
  const points = rows.filter((row) => row.share !== null).sort((a, b) => a.as_of.getTime() - b.as_of.getTime());
  const [first, last] = [points[0], points.at(-1)];
  return Figure({
    title,
    finding:
      first && last && first !== last
        ? `The best decile held ${formatPercent(first.share)} of all value on ${formatDate(first.date)}, and ${formatPercent(last.share)} on ${formatDate(last.date)}.`
        : undefined,
    data: points,
    columns: {
      date: {label: "Day", format: (v: Date) => formatDate(v)},
      profiles: "Customers ranked",
      top_profiles: "In the best decile",
      share: {label: "Its share of value", format: (v: number) => formatPercent(v)}
    },
    asOf,
    empty: "Nobody is ranked here at any instant of the calendar.",
    render: (width) =>
      chart({
        label: title,
        width,
        height: 220,
        marginLeft: 44,
        marginRight: 48,
        marginTop: 12,
        x: {type: "utc", label: null, ticks: width < 480 ? 3 : 6},
        y: {label: null, tickFormat: (v: number) => formatPercent(v, 0), ticks: 4, tickSize: 0, grid: true, zero: true},
        marks: [
          Plot.ruleY([0], {stroke: colors.ink}),
          Plot.lineY(points, {x: "as_of", y: "share", stroke: colors.accent, strokeWidth: 2}),
          Plot.dot(points, {x: "as_of", y: "share", r: 3, fill: colors.accent}),
          Plot.text(points.slice(-1), {
            x: "as_of",
            y: "share",
            text: (row) => formatPercent(row.share),
            dx: 8,
            textAnchor: "start",
            fill: colors.ink
          })
        ]
      })
  });
}
