import * as Plot from "@observablehq/plot";
import {apart, chart, colors, series} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent, plural} from "../format.js";
import type {CampaignFigure, HourRow} from "./campaigns.js";

const kinds = [
  {name: "human_opened", label: "opened"},
  {name: "human_clicked", label: "clicked"},
  {name: "converted", label: "bought"}
] as const;

/**
 * Cumulative opens, clicks and credited orders by hours since the send, as shares of the mails delivered. Where fewer than
 * 72 hours have `passed`, the curve ends there.
 */
export function ResponseCurve(
  all: readonly HourRow[],
  {name, asOf, passed = 72}: CampaignFigure & {passed?: number}
): HTMLElement {
  const hours = all.filter(({hour}) => hour <= Math.max(1, Math.ceil(passed)));
  const isOpen = hours.length < all.length;
  const last = hours.at(-1);
  const shown = kinds.filter(({name}) => (last?.[name] ?? 0) > 0);
  const data = shown.length === 0 ? [] : hours;
  return Figure({
    title: `Response by hours since the send · ${name}`,
    finding: finding(hours, isOpen),
    data,
    columns: {
      hour: "Hours",
      delivered: "Delivered",
      human_opened: "Opened",
      human_clicked: "Clicked",
      converted: "Bought"
    },
    caption: `First responses by people, cumulative, ÷ mails delivered; ${isOpen ? "72 hours have not passed yet." : "later ones than 72 hours are in the table of arms."}`,
    asOf,
    empty: "No opens, clicks or orders are recorded within 72 hours of this campaign's send.",
    render: (width) => draw(data, shown, width, name)
  });
}

function finding(hours: readonly HourRow[], isOpen: boolean): string | undefined {
  const all = hours.at(-1)?.human_opened ?? 0;
  const half = hours.find((row) => row.human_opened >= all / 2);
  if (all === 0 || !half) return undefined;
  return `Half of the ${formatCount(all)} opens ${isOpen ? "so far" : "within 72 hours"} came within ${plural(half.hour, "hour")}.`;
}

function draw(hours: readonly HourRow[], shown: readonly (typeof kinds)[number][], width: number, name: string) {
  const lines = shown.map(({name, label}, i) => ({
    label,
    stroke: series[i]!,
    points: [{hour: 0, share: 0}, ...hours.map((row) => ({hour: row.hour, share: row[name] / row.delivered}))]
  }));
  const ends = lines.map(({label, stroke, points}) => {
    const value = points.at(-1)!.share;
    return {text: `${label} ${formatPercent(value)}`, fill: stroke, value};
  });
  const top = Math.max(...ends.map(({value}) => value));
  return chart({
    label: `Cumulative response by hours since the send, ${name}`,
    width,
    height: 260,
    marginLeft: 40,
    marginRight: 92,
    marginTop: 12,
    marginBottom: 36,
    x: {
      label: "hours since the send",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: [0, 12, 24, 36, 48, 60, 72],
      domain: [0, 72],
      tickSize: 3
    },
    y: {label: null, tickFormat: (v: number) => formatPercent(v), ticks: 4, tickSize: 0, grid: true, zero: true},
    marks: [
      Plot.ruleY([0], {stroke: colors.ink}),
      ...lines.map(({points, stroke}) =>
        Plot.line(points, {x: "hour", y: "share", stroke, strokeWidth: 2, curve: "step-after"})
      ),
      Plot.text(apart(ends, (14 / 212) * top), {
        x: () => hours.at(-1)!.hour,
        y: "at",
        text: "text",
        dx: 6,
        textAnchor: "start",
        fill: (d) => d.fill
      })
    ]
  });
}
