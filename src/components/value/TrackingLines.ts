import * as Plot from "@observablehq/plot";
import {apart, chart, colors, series} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatDate, formatPercent, formatShort} from "../format.js";
import type {ValueWeek} from "./value.js";

/** Repeat orders as they came and as forecast, week by week, on both sides of the last day fitted. */
export function TrackingLines(
  weeks: readonly ValueWeek[],
  {past, asOf}: {/** Orders of the holdout by past rate × mean. */ past?: number; asOf?: string}
): HTMLElement {
  const origin = weeks[0]?.origin;
  const title = "Repeat orders since the first, as they came and as forecast";
  return Figure({
    title,
    name: "tracking",
    finding: finding(weeks),
    data: weeks,
    columns: {
      day: {label: "Week until", format: (day: Date) => formatDate(day)},
      actual: {label: "Orders so far", format: (v: number) => formatCount(v)},
      predicted: {label: "Forecast", format: (v: number) => formatCount(v)}
    },
    caption:
      origin &&
      `Fitted until ${formatDate(origin)}; what is right of the line the model has not seen. Of customers known by then, their first orders apart.`,
    asOf,
    empty: "No tracking by week: there is no holdout, or the model counts opportunities in place of days.",
    render: (width) => draw(weeks, past, width, title)
  });
}

function finding(weeks: readonly ValueWeek[]): string | undefined {
  const last = weeks.at(-1);
  if (!last || last.actual === 0) return undefined;
  const off = last.predicted / last.actual - 1;
  const how = Math.abs(off) < 0.005 ? "meets" : `ends ${formatPercent(Math.abs(off))} ${off > 0 ? "above" : "below"}`;
  return `The forecast ${how} the ${formatCount(last.actual)} repeat orders that came by ${formatDate(last.day)}.`;
}

function draw(weeks: readonly ValueWeek[], past: number | undefined, width: number, title: string) {
  const last = weeks.at(-1)!;
  const {origin} = last;
  const split = weeks.findLast((week) => week.day <= origin) ?? weeks[0]!;
  const baseline = past === undefined ? [] : [
    {day: split.day, value: split.actual},
    {day: last.day, value: split.actual + past}
  ]; // prettier-ignore
  const height = 300;
  const top = Math.max(last.actual, last.predicted, baseline[1]?.value ?? 0);
  const labels = apart(
    [
      {text: `actual ${formatShort(last.actual)}`, value: last.actual, fill: colors.accent},
      {text: `forecast ${formatShort(Math.round(last.predicted))}`, value: last.predicted, fill: series[1]!},
      ...baseline
        .slice(1)
        .map(({value}) => ({text: `past rate ${formatShort(Math.round(value))}`, value, fill: colors.muted}))
    ],
    (top * 15) / (height - 60),
    // Half a line above the frame is in sight, more is cut.
    top * (1 + 8 / (height - 54))
  );
  return chart({
    label: `${title}: by ${formatDate(last.day)} ${labels.map(({text}) => text).join(", ")}`,
    width,
    height,
    marginLeft: 44,
    marginRight: 96,
    marginTop: 24,
    marginBottom: 30,
    x: {type: "utc", label: null, tickSize: 3, ticks: width < 500 ? 3 : 7},
    y: {label: null, tickSize: 0, ticks: 5, tickFormat: (v: number) => formatShort(v), grid: true, domain: [0, top]},
    marks: [
      Plot.ruleY([0], {stroke: colors.ink}),
      Plot.ruleX([origin], {stroke: colors.ink, strokeOpacity: 0.6}),
      Plot.text([origin], {
        x: (d) => d,
        text: () => "fitted ←",
        frameAnchor: "top",
        dy: -18,
        dx: -4,
        textAnchor: "end",
        fill: colors.muted
      }),
      Plot.text([origin], {
        x: (d) => d,
        text: () => "→ holdout",
        frameAnchor: "top",
        dy: -18,
        dx: 4,
        textAnchor: "start",
        fill: colors.muted
      }),
      Plot.line(baseline, {
        x: "day",
        y: "value",
        stroke: colors.muted,
        strokeDasharray: "1,4",
        strokeWidth: 2,
        strokeLinecap: "round"
      }),
      Plot.line(weeks, {x: "day", y: "actual", stroke: colors.accent, strokeWidth: 2}),
      Plot.line(weeks, {x: "day", y: "predicted", stroke: series[1]!, strokeWidth: 2, strokeDasharray: "6,4"}),
      Plot.text(labels, {x: () => last.day, y: "at", text: "text", dx: 6, textAnchor: "start", fill: (d) => d.fill})
    ]
  });
}
