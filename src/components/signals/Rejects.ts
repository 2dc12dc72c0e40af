import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import type {Row} from "../data.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent, plural} from "../format.js";
import {tenfold} from "../tenfold.js";
import {hintFor} from "./hints.js";

/** A row of `signals_rejects.arrow`. */
export interface Reject extends Row {
  source: string;
  file: string;
  code: string;
  column_name: string | null;
  message: string;
  rows: number;
  first_line: number | null;
}

interface Reason {
  source: string;
  code: string;
  rows: number;
}

/** Refused rows by source and reason. A row with two faults counts under both. */
export function Rejects(rejects: readonly Reject[], {rows, asOf}: {rows?: number; asOf?: string} = {}): HTMLElement {
  const reasons = reasonsOf(rejects);
  const most = reasons[0];
  const total = reasons.reduce((sum, reason) => sum + reason.rows, 0);
  return Figure({
    title: "Refused rows by source and reason",
    finding:
      most &&
      `Most often ${hintFor(most.code)}: ${plural(most.rows, "row")} of ${most.source}${total > most.rows ? `, ${formatPercent(most.rows / total, 0)} of all refusals` : ""}.`,
    data: rejects,
    columns: {
      source: "Source",
      file: "File",
      code: "Code",
      column_name: "Column",
      rows: "Rows",
      first_line: {label: "First line", format: (line: number | null) => (line === null ? "–" : String(line))},
      message: "What to do"
    },
    caption: `A row with two faults counts under both. Values are not published: see them with ${tenfold('query "from landing.rejects"')}.`,
    asOf,
    empty: rows ? `Nothing was refused: all ${formatCount(rows)} rows passed their checks.` : "Nothing was refused.",
    render: (width) => draw(reasons, width)
  });
}

function reasonsOf(rejects: readonly Reject[]): Reason[] {
  const reasons = new Map<string, Reason>();
  for (const {source, code, rows} of rejects) {
    const key = `${source} ${code}`;
    const reason = reasons.get(key);
    if (reason) reason.rows += rows;
    else reasons.set(key, {source, code, rows});
  }
  return [...reasons.values()].sort((a, b) => b.rows - a.rows);
}

function draw(reasons: readonly Reason[], width: number) {
  const shown = reasons.slice(0, 12).map((reason) => ({...reason, name: `${reason.source}: ${reason.code}`}));
  const most = shown[0]!.rows;
  return chart({
    label: `Refused rows: ${shown.map((reason) => `${reason.source} ${reason.code} ${reason.rows}`).join(", ")}`,
    width,
    height: shown.length * 40 + 8,
    marginLeft: 0,
    marginRight: 56,
    marginTop: 0,
    marginBottom: 8,
    x: {axis: null, domain: [0, most]},
    y: {axis: null, type: "band", domain: shown.map((reason) => reason.name)},
    marks: [
      Plot.barX(shown, {y: "name", x: "rows", fill: colors.bad, fillOpacity: 0.75, insetTop: 22, insetBottom: 6}),
      Plot.text(shown, {
        y: "name",
        x: "rows",
        text: (d) => formatCount(d.rows),
        textAnchor: "start",
        dx: 6,
        dy: 8,
        fill: colors.ink
      }),
      Plot.text(shown, {
        y: "name",
        x: 0,
        text: (d) => `${d.source} · ${hintFor(d.code)}`,
        textAnchor: "start",
        dy: -10,
        fill: colors.ink
      })
    ]
  });
}
