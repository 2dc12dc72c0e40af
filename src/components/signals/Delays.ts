import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import type {Row} from "../data.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent} from "../format.js";

/** A row of `signals_delays.arrow`. */
export interface Delay extends Row {
  source: string;
  delay: string;
  delay_order: number;
  events: number;
}

/** How long after they happened events arrived, for sources whose data say when they were received. */
export function Delays(delays: readonly Delay[], {asOf}: {asOf?: string} = {}): HTMLElement {
  const total = delays.reduce((sum, row) => sum + row.events, 0);
  const late = delays.filter((row) => row.delay_order > 2).reduce((sum, row) => sum + row.events, 0);
  return Figure({
    title: "How late events arrive",
    finding:
      late > 0
        ? `${formatPercent(late / total)} of the events with a known arrival came more than a day late; ${formatCount(late)} in all.`
        : `All ${formatCount(total)} events with a known arrival came within a day.`,
    data: delays,
    columns: {source: "Source", delay: "Arrived", events: "Events"},
    caption: "Late events belong to the day they happened: the numbers of that day change when they come in.",
    asOf,
    empty: "No source maps received_at, so nothing can be said about late events.",
    render: (width) => draw(delays, width)
  });
}

/** For a phone's width. */
const short: Record<string, string> = {
  "before it happened": "< 0",
  "within an hour": "≤ 1 h",
  "within a day": "≤ 1 d",
  "within a week": "≤ 7 d",
  "within 30 days": "≤ 30 d"
};

function draw(delays: readonly Delay[], width: number) {
  const sources = [...new Set(delays.map((row) => row.source))];
  const names = [...delays].sort((a, b) => a.delay_order - b.delay_order).map((row) => row.delay);
  const totals = new Map(
    sources.map((source) => [source, delays.filter((d) => d.source === source).reduce((sum, d) => sum + d.events, 0)])
  );
  const share = (row: Delay) => row.events / totals.get(row.source)!;
  return chart({
    label: "Share of events by how late they arrived, by source",
    width: Math.min(width, 720),
    height: sources.length * 30 + 26,
    marginLeft: 110,
    marginTop: 24,
    marginRight: 0,
    marginBottom: 2,
    x: {
      axis: "top",
      label: null,
      tickSize: 0,
      type: "band",
      padding: 0.02,
      domain: [...new Set(names)],
      tickFormat: (name: string) => (width < 560 ? (short[name] ?? name) : name)
    },
    y: {label: null, tickSize: 0, type: "band", padding: 0.08, domain: sources},
    marks: [
      Plot.cell(delays, {
        x: "delay",
        y: "source",
        fill: (d: Delay) => (d.delay_order > 2 || d.delay_order === 0 ? colors.warn : colors.accent),
        fillOpacity: {value: (d: Delay) => 0.08 + 0.85 * share(d), scale: null}
      }),
      Plot.text(delays, {
        x: "delay",
        y: "source",
        text: (d: Delay) => formatPercent(share(d)),
        fill: (d: Delay) => (share(d) > 0.75 ? colors.onAccent : colors.ink)
      })
    ]
  });
}
