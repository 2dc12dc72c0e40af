import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent, formatShort, plural} from "../format.js";
import type {DecileFigure} from "./ShareBars.js";
import type {Partition} from "./partition.js";

interface Bar {
  group: string;
  profiles: number;
  value: number;
  lower: number | null;
  upper: number | null;
  kind: "ranked" | "inactive" | "small";
}

/** Customers and value by decile as paired bars, those who are not ranked below. */
export function CountBars(partition: Partition, {title, unit, asOf}: DecileFigure): HTMLElement {
  const bars: Bar[] = [
    ...partition.buckets.map((b) => ({
      group: String(b.bucket),
      profiles: b.profiles,
      value: b.value,
      lower: b.lower,
      upper: b.upper,
      kind: "ranked" as const
    })),
    ...(partition.inactive > 0
      ? [
          {
            group: "inactive",
            profiles: partition.inactive,
            value: 0,
            lower: null,
            upper: null,
            kind: "inactive" as const
          }
        ]
      : []),
    ...(partition.small > 0
      ? [{group: "too small", profiles: partition.small, value: 0, lower: null, upper: null, kind: "small" as const}]
      : [])
  ];
  const everybody = partition.profiles + partition.inactive + partition.small;
  const active = partition.profiles / everybody;
  return Figure({
    title,
    finding: `${plural(partition.profiles, "customer")}${active < 1 ? ` (${formatPercent(active, 0)} of ${formatCount(everybody)})` : ""} are ranked; together they are worth ${unit.full(partition.value)}.`,
    data: bars,
    columns: {
      group: "Decile",
      profiles: "Customers",
      value: {label: "Value", format: (v: number) => unit.full(v)},
      lower: {label: "From", format: (v: number) => unit.full(v)},
      upper: {label: "To", format: (v: number) => unit.full(v)}
    },
    asOf,
    empty: "No customers here.",
    render: (width) => draw(bars, width, title, unit)
  });
}

function draw(bars: readonly Bar[], width: number, title: string, unit: DecileFigure["unit"]) {
  const row = bars.length > 24 ? 8 : 26;
  const half = Math.max(1, (width - 64) / 2);
  const most = Math.max(...bars.map((b) => b.profiles));
  const largest = Math.max(...bars.map((b) => Math.abs(b.value)), 1e-9);
  const gap = 56;
  const x1 = (b: Bar) => ((half - gap) * b.profiles) / most;
  const x2 = (b: Bar) => half + ((half - gap) * Math.abs(b.value)) / largest;
  const labelled = row > 10 ? bars : [];
  return chart({
    label: title,
    width,
    height: bars.length * row + 28,
    marginLeft: 64,
    marginRight: 0,
    marginTop: 24,
    marginBottom: 4,
    x: {axis: null, domain: [0, 2 * half]},
    y: {
      label: null,
      tickSize: 0,
      type: "band",
      padding: 0.22,
      domain: bars.map((b) => b.group),
      ...(row > 10 ? {} : {ticks: bars.map((b) => b.group).filter((_, i) => i % 10 === 0)})
    },
    marks: [
      Plot.barX(bars, {
        y: "group",
        x1: 0,
        x2: x1,
        fill: (b) => (b.kind === "ranked" ? colors.accentSoft : colors.rule)
      }),
      Plot.text(labelled, {
        y: "group",
        x: x1,
        text: (b) => formatShort(b.profiles),
        dx: 5,
        textAnchor: "start",
        fill: colors.ink
      }),
      Plot.barX(bars, {y: "group", x1: half, x2, fill: (b) => (b.value < 0 ? colors.bad : colors.accent)}),
      Plot.text(
        labelled.filter((b) => b.kind === "ranked"),
        {y: "group", x: x2, text: (b) => unit.short(b.value), dx: 5, textAnchor: "start", fill: colors.ink}
      ),
      Plot.text(
        [
          {x: 0, text: "customers"},
          {x: half, text: `value${unit.name ? `, ${unit.name}` : ""}`}
        ],
        {x: "x", text: "text", frameAnchor: "top", dy: -16, textAnchor: "start", fill: colors.muted}
      )
    ]
  });
}
