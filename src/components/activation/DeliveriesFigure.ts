import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatDayIn, formatInstantIn, formatShort, plural} from "../format.js";
import type {Delivery, Outcome} from "./activation.js";

/** What is drawn: people whom the destination was to hear of. */
const drawn = [
  {outcome: "added", label: "added", color: "var(--series-1)"},
  {outcome: "updated", label: "updated", color: "var(--series-7)"},
  {outcome: "removed", label: "removed", color: "var(--series-5)"},
  {outcome: "failed", label: "failed", color: "var(--bad)"},
  {outcome: "unknown", label: "unknown", color: "var(--series-2)"}
] as const satisfies {outcome: Outcome; label: string; color: string}[];

const mostShown = 40;

/** The latest deliveries, a bar each in the order of time: how many people they added, updated, removed and failed. */
export function DeliveriesFigure(
  deliveries: readonly Delivery[],
  {destinations, timeZone}: {destinations: ReadonlyMap<string, string>; timeZone: string}
): HTMLElement {
  const latest = [...deliveries].sort((a, b) => +a.began_at - +b.began_at).slice(-mostShown);
  const bars = latest.flatMap((delivery, i) =>
    drawn.map(({outcome}) => ({
      position: i,
      began: formatInstantIn(delivery.began_at, timeZone),
      destination: destinations.get(delivery.destination_id) ?? delivery.destination_id,
      audience: delivery.audience_id,
      outcome,
      people: delivery[outcome] ?? 0
    }))
  );
  const newest = latest.at(-1);
  const used = drawn.filter(({outcome}) => bars.some((bar) => bar.outcome === outcome && bar.people > 0));
  return Figure({
    title: `People by delivery${deliveries.length > mostShown ? ` · the last ${mostShown}` : ""}`,
    finding: newest && finding(newest, destinations, timeZone),
    data: bars.filter((bar) => bar.people > 0),
    columns: {began: "Began", destination: "Destination", audience: "Audience", outcome: "Outcome", people: "People"},
    keys: used.map(({label, color}) => ({label, color})),
    empty: "No delivery has told a destination of anybody.",
    render: (width) => draw(bars, latest, width, timeZone)
  });
}

function finding(newest: Delivery, destinations: ReadonlyMap<string, string>, timeZone: string): string {
  const told = (newest.added ?? 0) + (newest.updated ?? 0) + (newest.removed ?? 0);
  const wrong = (newest.failed ?? 0) + (newest.unknown ?? 0);
  const where = destinations.get(newest.destination_id) ?? newest.destination_id;
  const end = wrong > 0 ? `; ${plural(wrong, "person", "people")} failed or unknown` : "";
  return `The latest, to ${where} on ${formatDayIn(newest.began_at, timeZone)}, told of ${plural(told, "person", "people")}${end}.`;
}

function draw(
  bars: {position: number; outcome: string; people: number}[],
  latest: readonly Delivery[],
  width: number,
  timeZone: string
) {
  const band = Math.min(56, (width - 60) / Math.max(latest.length, 1));
  const step = Math.max(1, Math.ceil(84 / band));
  const total = bars.reduce((sum, {people}) => sum + people, 0);
  return chart({
    label: `People by delivery: ${plural(latest.length, "delivery", "deliveries")}, ${formatCount(total)} people told of`,
    width,
    height: 228,
    marginTop: 30,
    marginLeft: 48,
    marginRight: Math.max(12, width - 48 - Math.max(band, 90) * latest.length),
    marginBottom: 32,
    x: {
      type: "band",
      domain: latest.map((_, i) => i),
      label: null,
      tickSize: 0,
      padding: 0.25,
      ticks: latest.map((_, i) => i).filter((i) => (latest.length - 1 - i) % step === 0),
      tickFormat: (i: number) => formatDayIn(latest[i]!.began_at, timeZone)
    },
    y: {label: "people", grid: true, ticks: 4, tickFormat: formatShort},
    color: {domain: drawn.map(({outcome}) => outcome), range: drawn.map(({color}) => color)},
    marks: [
      Plot.barY(bars, {
        x: "position",
        y: "people",
        fill: "outcome",
        order: drawn.map(({outcome}) => outcome),
        maxWidth: 48
      } as Plot.BarYOptions),
      Plot.ruleY([0], {stroke: colors.muted})
    ]
  });
}
