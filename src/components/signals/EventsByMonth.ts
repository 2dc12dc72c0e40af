import * as Plot from "@observablehq/plot";
import {chart, colors, colorScale, other, series} from "../chart.js";
import type {Row} from "../data.js";
import {Figure} from "../Figure.js";
import {formatCount, formatMonth, formatPercent, formatShort, plural} from "../format.js";

/** A row of `signals_events.arrow`. */
export interface EventsOfMonth extends Row {
  source: string;
  event_type: string;
  month: Date;
  events: number;
  timed: number;
  late: number;
  anonymous: number;
}

interface Bar {
  kind: string;
  month: Date;
  events: number;
}

/** Events by month, stacked by type or by source. */
export function EventsByMonth(
  rows: readonly EventsOfMonth[],
  {by = "event_type", asOf}: {by?: "event_type" | "source"; asOf?: string} = {}
): HTMLElement {
  const totals = totalsBy(rows, by);
  const kinds = totals.map(([kind]) => kind);
  const shown = kinds.length > series.length ? kinds.slice(0, series.length - 1) : kinds;
  const bars = barsOf(rows, by, shown);
  const all = totals.reduce((sum, [, events]) => sum + events, 0);
  const scale = colorScale(shown);
  const hasRest = shown.length < kinds.length;
  return Figure<Bar>({
    title: `Events by month and ${by === "source" ? "source" : "type"}`,
    finding: totals[0]
      ? totals.length === 1
        ? `All ${formatCount(all)} events are ${totals[0][0]}.`
        : `${mostly(totals[0][1] / all)} of ${plural(all, "event")} are ${totals[0][0]}.`
      : undefined,
    data: bars,
    columns: {
      kind: by === "source" ? "Source" : "Type",
      month: {label: "Month", format: (m: Date) => formatMonth(m)},
      events: "Events"
    },
    keys: [
      ...shown.map((kind, i) => ({label: kind, color: scale.range[i]!})),
      ...(hasRest ? [{label: "others", color: other}] : [])
    ],
    asOf,
    empty: "No events yet.",
    render: (width) => draw(bars, [...shown, ...(hasRest ? ["others"] : [])], width)
  });
}

function totalsBy(rows: readonly EventsOfMonth[], by: "event_type" | "source"): [string, number][] {
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(row[by], (totals.get(row[by]) ?? 0) + row.events);
  return [...totals].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function barsOf(rows: readonly EventsOfMonth[], by: "event_type" | "source", shown: readonly string[]): Bar[] {
  const bars = new Map<string, Bar>();
  for (const row of rows) {
    const kind = shown.includes(row[by]) ? row[by] : "others";
    const key = `${+row.month} ${kind}`;
    const bar = bars.get(key);
    if (bar) bar.events += row.events;
    else bars.set(key, {kind, month: row.month, events: row.events});
  }
  return [...bars.values()].sort((a, b) => +a.month - +b.month);
}

function draw(bars: readonly Bar[], kinds: readonly string[], width: number) {
  return chart({
    label: `Events by month, ${kinds.join(", ")}`,
    width,
    height: 260,
    marginLeft: 44,
    marginRight: 20,
    marginTop: 16,
    x: {label: null, tickSize: 3},
    y: {label: null, tickSize: 0, tickFormat: formatShort, grid: true, ticks: 4},
    color: {domain: [...kinds], range: kinds.map((kind, i) => (kind === "others" ? other : series[i]!))},
    marks: [
      Plot.rectY(bars, {
        x: "month",
        y: "events",
        fill: "kind",
        interval: "month",
        order: [...kinds],
        insetLeft: 1,
        insetRight: 0,
        title: (d) => `${d.kind}, ${formatMonth(d.month)}: ${formatCount(d.events)}`
      }),
      Plot.ruleY([0], {stroke: colors.ink})
    ]
  });
}

/** A share in whole percent, of which one short of everything is none. */
function mostly(share: number): string {
  return share >= 0.995 ? "Nearly all" : formatPercent(share, 0);
}
