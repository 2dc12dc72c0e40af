import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import type {Row} from "../data.js";
import {Figure} from "../Figure.js";
import {formatCount, formatList, formatPercent, plural} from "../format.js";
import {landHint} from "../tenfold.js";

/** A row of `signals_sources.arrow`. */
export interface SourceTotals extends Row {
  source: string;
  batches: number;
  failed: number;
  rows: number;
  loaded: number;
  rejected: number;
  duplicates: number;
  skipped: number;
  events: number;
}

const fates = [
  {name: "loaded", color: colors.accent},
  {name: "skipped", color: colors.accentSoft},
  {name: "duplicates", color: colors.faint},
  {name: "rejected", color: colors.bad}
] as const;

/** rows = loaded + skipped + duplicates + rejected, by source, as stacked shares. */
export function RowAccounting(sources: readonly SourceTotals[], {asOf}: {asOf?: string} = {}): HTMLElement {
  return Figure({
    title: "What became of every row, by source",
    finding: accountingFinding(sources),
    data: sources,
    columns: {
      source: "Source",
      batches: "Files",
      rows: "Rows",
      loaded: "Loaded",
      skipped: "Skipped",
      duplicates: "Duplicates",
      rejected: "Rejected",
      events: "Events"
    },
    keys: fates
      .filter(({name}) => sources.some((source) => source[name] > 0))
      .map(({name, color}) => ({label: name, color})),
    caption:
      "Loaded: gave at least one new event. Skipped: the source's conditions yield none. Duplicates: known already. Rejected: refused, with a reason.",
    asOf,
    empty: `Nothing has landed yet; ${landHint()}.`,
    render: (width) => draw(sources, width)
  });
}

/** Whether every row is accounted for, in one sentence. */
export function accountingFinding(sources: readonly SourceTotals[]): string {
  const sum = (name: (typeof fates)[number]["name"] | "rows") =>
    sources.reduce((total, source) => total + source[name], 0);
  const rows = sum("rows");
  const lost = rows - fates.reduce((total, {name}) => total + sum(name), 0);
  if (lost !== 0)
    return `${plural(Math.abs(lost), "row")} of ${formatCount(rows)} cannot be accounted for: this is a fault of Tenfold.`;
  const parts = fates
    .filter(({name}) => sum(name) > 0)
    .map(
      ({name}) =>
        `${formatCount(sum(name))} (${formatPercent(sum(name) / rows)}) ${name === "duplicates" ? "were known already" : name}`
    );
  return `All ${formatCount(rows)} rows are accounted for: ${formatList(parts)}.`;
}

function draw(sources: readonly SourceTotals[], width: number) {
  const parts = sources.flatMap((source) =>
    fates.map(({name, color}) => ({
      source: source.source,
      fate: name,
      rows: source[name],
      share: source.rows > 0 ? source[name] / source.rows : 0,
      color
    }))
  );
  return chart({
    label: `What became of every row: ${accountingFinding(sources)}`,
    width,
    height: sources.length * 44 + 12,
    marginLeft: 0,
    marginRight: 0,
    marginTop: 4,
    marginBottom: 4,
    x: {axis: null, domain: [0, 1]},
    y: {axis: null, type: "band", domain: sources.map((source) => source.source)},
    marks: [
      Plot.barX(parts, {
        y: "source",
        x: "share",
        fill: (d) => d.color,
        order: fates.map(({name}) => name),
        z: "fate",
        insetTop: 22,
        insetBottom: 4,
        title: (d) => `${d.source}: ${formatCount(d.rows)} ${d.fate} (${formatPercent(d.share, 2)})`
      }),
      Plot.text(sources, {
        y: "source",
        x: 0,
        text: (d) => `${d.source}  ·  ${formatCount(d.rows)} rows in ${plural(d.batches, "file")}`,
        textAnchor: "start",
        dy: -10,
        fill: colors.ink
      }),
      Plot.text(sources, {
        y: "source",
        x: 1,
        text: (d) => (d.rejected > 0 ? `${formatCount(d.rejected)} rejected` : ""),
        textAnchor: "end",
        dy: -10,
        fill: colors.bad
      })
    ]
  });
}
