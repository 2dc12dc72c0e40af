import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatName} from "../format.js";
import {distinct, type Bucket, type Choice} from "./partition.js";
import type {DecileFigure} from "./ShareBars.js";

interface Cell {
  category: string;
  bucket: number;
  mean: number;
  profiles: number;
}

/** Mean value by decile and category: what the best of each group are worth. */
export function MeanByCategory(
  rows: readonly Bucket[],
  choice: Choice,
  {title, unit, asOf}: DecileFigure
): HTMLElement {
  const cells = rows
    .filter((row) => row.metric === choice.metric && row.lookback === choice.lookback && row.bucket !== null)
    .map((row) => ({
      category: row.category,
      bucket: row.bucket!,
      mean: (row.value ?? 0) / row.profiles,
      profiles: row.profiles
    }));
  const named = cells.some((cell) => cell.category !== "*") ? cells.filter((cell) => cell.category !== "*") : [];
  return Figure<Cell>({
    title,
    finding: finding(named, unit),
    data: named,
    columns: {
      category: {label: "Category", format: (v: string) => formatName(v)},
      bucket: "Decile",
      profiles: "Customers",
      mean: {label: "Mean", format: (v: number) => unit.full(v)}
    },
    asOf,
    caption: "Each category is ranked by itself; the stronger the colour, the more per customer.",
    empty: "Nobody is ranked within a category here: none was active in this window, or their groups are too small.",
    render: (width) => draw(named, width, title, unit)
  });
}

function finding(cells: readonly Cell[], unit: DecileFigure["unit"]): string {
  const best = cells.filter((cell) => cell.bucket === 1).sort((a, b) => b.mean - a.mean);
  const first = best[0];
  const last = best.at(-1);
  if (!first || !last || first === last)
    return first ? `The best of ${formatName(first.category)} average ${unit.full(first.mean)}.` : "";
  return `The best decile averages ${unit.short(first.mean)} in ${formatName(first.category)} and ${unit.short(last.mean)} in ${formatName(last.category)}.`;
}

function draw(cells: readonly Cell[], width: number, title: string, unit: DecileFigure["unit"]) {
  const categories = distinct(cells, "category");
  const most = Math.max(...cells.map((cell) => cell.mean));
  const strength = (cell: Cell) => 0.05 + 0.95 * (Math.max(0, cell.mean) / most);
  const buckets = distinct(cells, "bucket").sort((a, b) => a - b);
  const band = (width - 30) / categories.length;
  const row = buckets.length > 24 ? 10 : 28;
  return chart({
    label: `${title}: ${categories.map(formatName).join(", ")}`,
    width: Math.min(width, 30 + categories.length * 160),
    height: buckets.length * row + 28,
    marginLeft: 30,
    marginRight: 0,
    marginTop: 26,
    marginBottom: 2,
    x: {
      axis: "top",
      label: null,
      tickSize: 0,
      type: "band",
      padding: 0.02,
      domain: categories,
      tickFormat: (c: string) => shorten(formatName(c), band)
    },
    y: {
      label: null,
      tickSize: 0,
      type: "band",
      padding: 0.06,
      domain: buckets,
      ...(row > 10 ? {} : {ticks: buckets.filter((_, i) => i % 10 === 0)})
    },
    marks: [
      Plot.cell(cells, {
        x: "category",
        y: "bucket",
        fill: colors.accent,
        fillOpacity: {value: strength, scale: null},
        title: (c) =>
          `${formatName(c.category)}, decile ${c.bucket}: ${unit.full(c.mean)} over ${formatCount(c.profiles)} customers`
      }),
      ...(row > 10 && band > 34
        ? [
            Plot.text(cells, {
              x: "category",
              y: "bucket",
              text: (c) => unit.short(c.mean),
              fill: (c) => (strength(c) > 0.72 ? colors.onAccent : colors.ink)
            })
          ]
        : [])
    ]
  });
}

function shorten(text: string, width: number): string {
  const room = Math.max(3, Math.floor(width / 7));
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
