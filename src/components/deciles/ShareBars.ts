import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent, type UnitFormat} from "../format.js";
import {type Partition} from "./partition.js";
import {concentrationFinding} from "./words.js";

/** Share of customers and share of value by decile: the two would be level if value were spread evenly. */
export function ShareBars(partition: Partition, {title, unit, asOf}: DecileFigure): HTMLElement {
  const {buckets} = partition;
  return Figure({
    title,
    finding: concentrationFinding(partition),
    data: buckets,
    columns: {
      bucket: "Decile",
      profiles: "Customers",
      share_profiles: {label: "Share", format: (v: number) => formatPercent(v)},
      value: {label: "Value", format: (v: number) => unit.full(v)},
      share_value: {label: "Share", format: (v: number) => formatPercent(v)},
      cumulative_value: {label: "Cumulative", format: (v: number) => formatPercent(v)},
      mean: {label: "Mean", format: (v: number) => unit.full(v)},
      lower: {label: "From", format: (v: number) => unit.full(v)},
      upper: {label: "To", format: (v: number) => unit.full(v)}
    },
    keys: [
      {label: "share of value", color: colors.accent},
      {label: "share of customers", color: colors.rule}
    ],
    asOf,
    empty: "Nobody is ranked here: no customer was active in this window, or the group is too small.",
    render: (width) => draw(buckets, width, title)
  });
}

export interface DecileFigure {
  title: string;
  unit: UnitFormat;
  asOf?: string;
  /** What the values are called in a sentence: `spend`. */
}

function draw(buckets: Partition["buckets"], width: number, title: string) {
  const band = (width - 20) / buckets.length;
  const labelled = band >= 26;
  return chart({
    label: `${title}: ${buckets.map((b) => `decile ${b.bucket} ${formatPercent(b.share_value, 0)}`).join(", ")}`,
    width,
    height: 280,
    marginTop: 24,
    marginLeft: 10,
    marginRight: 10,
    marginBottom: 36,
    x: {
      label: null,
      tickSize: 0,
      type: "band",
      padding: 0.16,
      ...(labelled ? {} : {ticks: [1, ...[25, 50, 75, 100].filter((t) => t <= buckets.length)]})
    },
    y: {axis: null},
    marks: [
      Plot.barY(buckets, {x: "bucket", y: "share_profiles", fill: colors.rule}),
      Plot.barY(buckets, {
        x: "bucket",
        y: "share_value",
        fill: colors.accent,
        insetLeft: band * 0.13,
        insetRight: band * 0.13,
        title: (b) =>
          `Decile ${b.bucket}: ${formatCount(b.profiles)} customers, ${formatPercent(b.share_value)} of value`
      }),
      ...(labelled
        ? [
            Plot.text(buckets, {
              x: "bucket",
              y: (b) => Math.max(b.share_value, b.share_profiles, 0),
              text: (b) => formatPercent(b.share_value, band < 40 ? 0 : 1),
              dy: -8,
              fill: colors.ink
            })
          ]
        : []),
      Plot.ruleY([0], {stroke: colors.ink}),
      Plot.text(["best"], {frameAnchor: "bottom-left", dy: 32, fill: colors.muted}),
      Plot.text(["decile"], {frameAnchor: "bottom", dy: 32, fill: colors.muted}),
      Plot.text(["last"], {frameAnchor: "bottom-right", dy: 32, fill: colors.muted})
    ]
  });
}
