import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatDate, formatPercent, formatShort, plural} from "../format.js";
import type {AudienceDay} from "./audiences.js";

/** How large an audience was at each evaluation, who came and who went. */
export function SizeFigure(days: readonly AudienceDay[], {name, asOf}: {name: string; asOf: string}): HTMLElement {
  return Figure<AudienceDay>({
    title: "Size over time",
    finding: finding(days),
    data: days,
    name: `${name}-size`,
    columns: {
      date: {label: "Day", format: (date: Date) => formatDate(date)},
      profiles: {label: "Customers", format: (n: number) => formatCount(n)},
      entered: {label: "Entered", format: (n: number) => formatCount(n)},
      left: {label: "Left", format: (n: number) => formatCount(n)},
      churn: {
        label: "Churn",
        description: "who left, of those in before",
        format: (share: number | null) => formatPercent(share)
      }
    },
    keys: [
      {label: "members", color: colors.ink},
      {label: "entered", color: colors.accent},
      {label: "left", color: colors.bad}
    ],
    caption: "Members at each evaluation; nothing is evaluated in between.",
    asOf,
    empty: "Not evaluated yet.",
    render: (width) => draw(days, width)
  });
}

function finding(days: readonly AudienceDay[]): string | undefined {
  const last = days.at(-1);
  if (!last) return undefined;
  const now = `${plural(last.profiles, "customer")} on ${formatDate(last.date)}`;
  if (days.length === 1) return `${now}, its first evaluation.`;
  const entered = days.slice(1).reduce((sum, day) => sum + day.entered, 0);
  const left = days.slice(1).reduce((sum, day) => sum + day.left, 0);
  const since = `Since ${formatDate(days[0]!.date)}, ${formatCount(entered)} entered and ${formatCount(left)} left`;
  return `${now}. ${since}, in ${plural(days.length, "evaluation")}.`;
}

function draw(days: readonly AudienceDay[], width: number) {
  const last = days.at(-1)!;
  const isMany = days.length > 1;
  // Whoever is in at the first evaluation did not come since another.
  const moves = days.slice(1).flatMap(({date, entered, left}) => [
    {date, count: entered, stroke: colors.accent, text: `${formatDate(date)}: ${formatCount(entered)} entered`},
    {date, count: -left, stroke: colors.bad, text: `${formatDate(date)}: ${formatCount(left)} left`}
  ]);
  return chart({
    label: `Size over time: ${days.length} evaluations, ${formatCount(last.profiles)} customers at the last`,
    width,
    height: 240,
    marginLeft: 48,
    marginRight: 40,
    marginTop: 24,
    x: {label: null, type: "utc", ...dayTicks(days, width)},
    y: {label: null, tickSize: 0, tickFormat: (n: number) => formatShort(Math.abs(n)), grid: true, ticks: 5},
    marks: [
      Plot.ruleX(moves, {x: "date", y1: 0, y2: "count", stroke: "stroke", strokeWidth: 3, title: "text"}),
      Plot.lineY(days, {x: "date", y: "profiles", stroke: colors.ink, curve: "step-after"}),
      Plot.dot(days, {
        x: "date",
        y: "profiles",
        r: 2.5,
        fill: colors.ink,
        title: ({date, profiles, state}: AudienceDay) => `${formatDate(date)}: ${formatCount(profiles)}, ${state}`
      }),
      Plot.text([last], {
        x: "date",
        y: "profiles",
        text: ({profiles}: AudienceDay) => formatCount(profiles),
        dy: -10,
        textAnchor: isMany ? "end" : "middle",
        fill: colors.ink,
        stroke: colors.paper,
        strokeWidth: 4
      }),
      Plot.ruleY([0], {stroke: colors.ink})
    ]
  });
}

// Evaluations are of days: an axis that has room for more would tell hours between them.
function dayTicks(days: readonly AudienceDay[], width: number): Plot.ScaleOptions {
  const dates = [...new Set(days.map(({date}) => date.getTime()))].map((time) => new Date(time));
  const room = width / 110;
  if (dates.length <= room) return {ticks: dates, tickFormat: (date: Date) => formatDate(date)};
  const span = (dates.at(-1)!.getTime() - dates[0]!.getTime()) / 86_400_000;
  return span < room ? {ticks: "day"} : {};
}
