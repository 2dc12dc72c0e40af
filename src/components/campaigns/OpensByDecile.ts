import * as Plot from "@observablehq/plot";
import {smallCell} from "../../lib/response/kpis.js";
import {wilson} from "../../lib/stats/wilson.js";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent} from "../format.js";
import type {CampaignFigure, ResponseRow} from "./campaigns.js";
import {decileAxis} from "./decileAxis.js";

interface Cell {
  decile: string;
  delivered: number;
  opened: number;
  rate: number;
  lower: number;
  upper: number;
  is_small: boolean;
}

/** Open rate by the decile that people were in when they were mailed, with 95% intervals. */
export function OpensByDecile(
  responses: readonly ResponseRow[],
  {name, asOf, ranked, buckets}: CampaignFigure & {ranked: string; buckets: number}
): HTMLElement {
  const opened = responses.reduce((sum, row) => sum + row.human_opened, 0);
  const cells = opened === 0 ? [] : cellsOf(responses, buckets);
  const reliable = cells.filter((cell) => !cell.is_small && cell.decile !== "none");
  const [first, last] = [reliable[0], reliable.at(-1)];
  const small = cells.filter((cell) => cell.is_small).length;
  return Figure({
    title: `Open rate by decile at send · ${name}`,
    finding:
      first && last && first !== last
        ? `In decile ${first.decile}, ${formatPercent(first.rate, 0)} opened; in decile ${last.decile}, ${formatPercent(last.rate, 0)}.`
        : undefined,
    data: cells,
    columns: {
      decile: "Decile at send",
      delivered: "Delivered",
      opened: "Opened",
      rate: {label: "Rate", format: (v: number) => formatPercent(v)},
      lower: {label: "95% from", format: (v: number) => formatPercent(v)},
      upper: {label: "to", format: (v: number) => formatPercent(v)}
    },
    caption: `Decile by ${ranked}, before the mail went out; none: nothing in that window, or too small a group. Lines are 95% intervals.${small > 0 ? ` Grey: fewer than ${smallCell} mails.` : ""}`,
    asOf,
    empty: "No opens are recorded for this campaign.",
    render: (width) => draw(cells, width, name)
  });
}

function cellsOf(responses: readonly ResponseRow[], buckets: number): Cell[] {
  const sums = new Map<number, {delivered: number; opened: number}>();
  for (const row of responses) {
    const sum = sums.get(row.bucket) ?? {delivered: 0, opened: 0};
    sum.delivered += row.delivered;
    sum.opened += row.human_opened;
    sums.set(row.bucket, sum);
  }
  const last = Math.max(buckets, ...sums.keys());
  return [...Array.from({length: last}, (_, i) => i + 1), 0].map((bucket) => {
    const {delivered, opened} = sums.get(bucket) ?? {delivered: 0, opened: 0};
    const {estimate, lower, upper} = wilson(opened, delivered);
    const decile = bucket === 0 ? "none" : String(bucket);
    return {decile, delivered, opened, rate: estimate, lower, upper, is_small: delivered < smallCell};
  });
}

function draw(cells: readonly Cell[], width: number, name: string) {
  const shown = cells.filter((cell) => cell.delivered > 0);
  const ink = (cell: Cell) => (cell.is_small ? colors.faint : colors.accent);
  const roomy = width / cells.length > 42;
  return chart({
    label: `Open rate by decile at send, ${name}`,
    width,
    height: 260,
    marginLeft: 40,
    marginRight: 4,
    marginTop: 20,
    marginBottom: 36,
    x: decileAxis(cells.map((cell) => cell.decile)),
    y: {label: null, tickFormat: (v: number) => formatPercent(v, 0), ticks: 4, tickSize: 0, grid: true, zero: true},
    marks: [
      Plot.ruleX(shown, {x: "decile", y1: "lower", y2: "upper", stroke: ink, strokeWidth: 2}),
      Plot.dot(shown, {
        x: "decile",
        y: "rate",
        r: 4,
        fill: ink,
        title: (cell) => `Decile ${cell.decile}: ${formatCount(cell.opened)} of ${formatCount(cell.delivered)}`
      }),
      ...(roomy
        ? [
            Plot.text(shown, {
              x: "decile",
              y: "upper",
              text: (cell) => formatPercent(cell.rate, 0),
              dy: -8,
              fill: (cell) => (cell.is_small ? colors.faint : colors.ink)
            })
          ]
        : []),
      Plot.ruleY([0], {stroke: colors.ink})
    ]
  });
}
