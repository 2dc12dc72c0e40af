import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import type {Row} from "../data.js";
import {Figure} from "../Figure.js";
import {formatCount, formatDayIn, formatPercent} from "../format.js";

/** A row of `deciles_migration.arrow`. */
export interface Move extends Row {
  metric: string;
  lookback: string;
  category: string;
  from_as_of: Date;
  to_as_of: Date;
  from_bucket: string;
  to_bucket: string;
  profiles: number;
}

export interface MigrationOptions {
  title: string;
  timeZone: string;
  asOf?: string;
}

/** Where the customers of each decile went between two as-of dates, `inactive` and `new` included. */
export function MigrationMatrix(moves: readonly Move[], {title, asOf, timeZone}: MigrationOptions): HTMLElement {
  const [move] = moves;
  const day = (instant: Date) => formatDayIn(+instant - 1, timeZone);
  const between = move ? ` · ${day(move.from_as_of)} to ${day(move.to_as_of)}` : "";
  return Figure({
    title: title + between,
    name: "decile-migration",
    finding: migrationFinding(moves),
    data: moves,
    columns: {
      from_bucket: "From",
      to_bucket: "To",
      profiles: "Customers"
    },
    caption: "Rows: decile then; columns: decile now; cells: percent of the row. Ranks are taken anew at each date.",
    asOf,
    empty: "No earlier ranking to compare with: the decile calendar has one date only (see history in workspace.yaml).",
    render: (width) => draw(moves, width, title)
  });
}

/** Who stayed on top and who fell silent, in one sentence. */
export function migrationFinding(moves: readonly Move[]): string {
  const from = (bucket: string) => moves.filter((move) => move.from_bucket === bucket);
  const count = (some: readonly Move[]) => some.reduce((sum, move) => sum + move.profiles, 0);
  const best = from("1");
  const stayed = count(best.filter((move) => move.to_bucket === "1"));
  const silent = count(best.filter((move) => move.to_bucket === "inactive"));
  const fresh = count(from("new").filter((move) => move.to_bucket !== "inactive"));
  const of = count(best);
  if (of === 0) return `Nobody was ranked at the earlier date${fresh > 0 ? `; ${newcomers(fresh)}` : ""}.`;
  return `Of the ${formatCount(of)} in the best decile then, ${shareWord(stayed, of)} are still there and ${shareWord(silent, of)} went silent${fresh > 0 ? `; ${newcomers(fresh)}` : ""}.`;
}

// New to the base, not to a decile: who was known then and bought nothing is "inactive".
function newcomers(count: number): string {
  return `${formatCount(count)} ranked now ${count === 1 ? "was no customer" : "were no customers"} then`;
}

function shareWord(part: number, of: number): string {
  return part === 0 ? "none" : part === of ? "all" : formatPercent(part / of, 0);
}

/** Buckets in order: numbers, then small groups, other categories, `inactive`, `new`. */
export function orderBuckets(names: Iterable<string>): string[] {
  const last = ["small", "other", "inactive", "new"];
  const rank = (name: string) => (last.includes(name) ? 1000 + last.indexOf(name) : Number(name));
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b));
}

function draw(moves: readonly Move[], width: number, title: string) {
  const rows = orderBuckets(moves.map((move) => move.from_bucket));
  const columns = orderBuckets(moves.map((move) => move.to_bucket));
  const totals = new Map(
    rows.map((row) => [row, moves.filter((m) => m.from_bucket === row).reduce((sum, m) => sum + m.profiles, 0)])
  );
  const share = (move: Move) => move.profiles / totals.get(move.from_bucket)!;
  const isNarrow = width < 560;
  const left = isNarrow ? 56 : 104;
  const isApart = (move: Move) => move.to_bucket === "inactive" || move.from_bucket === "new";
  const most = Math.max(...moves.filter((move) => !isApart(move)).map(share));
  const strength = (move: Move) => 0.04 + 0.9 * (share(move) / (isApart(move) ? 1 : most));
  const band = (Math.min(width, 760) - left) / columns.length;
  const height = columns.length > 24 ? 10 : Math.max(24, Math.min(34, band));
  const many = columns.length > 24 ? {ticks: columns.filter((_, i) => i % 10 === 0)} : {};
  return chart({
    label: `${title}: ${migrationFinding(moves)}`,
    width: Math.min(width, 760),
    height: rows.length * height + 48,
    marginLeft: left,
    marginRight: 0,
    marginTop: 44,
    marginBottom: 2,
    x: {
      axis: "top",
      label: null,
      tickSize: 0,
      type: "band",
      padding: 0.04,
      domain: columns,
      tickFormat: (c: string) => (band < 50 && c === "inactive" ? "quiet" : c),
      ...many
    },
    y: {
      label: null,
      tickSize: 0,
      type: "band",
      padding: 0.04,
      domain: rows,
      tickFormat: (r: string) => (isNarrow ? r : `${r}  (${formatCount(totals.get(r)!)})`),
      ...many
    },
    marks: [
      Plot.cell(moves, {
        x: "to_bucket",
        y: "from_bucket",
        fill: (m: Move) => (isApart(m) ? colors.muted : colors.accent),
        fillOpacity: {value: (m: Move) => strength(m), scale: null},
        title: (m: Move) =>
          `${m.from_bucket} to ${m.to_bucket}: ${formatCount(m.profiles)} customers, ${formatPercent(share(m))} of the row`
      }),
      Plot.cell(
        columns.filter((c) => rows.includes(c) && c !== "inactive"),
        {x: (c) => c, y: (c) => c, fill: "none", stroke: colors.ink, strokeOpacity: 0.35, inset: 0.5}
      ),
      ...(height > 10
        ? [
            Plot.text(
              moves.filter((m) => share(m) >= 0.005),
              {
                x: "to_bucket",
                y: "from_bucket",
                text: (m: Move) => String(Math.round(share(m) * 100)),
                fontSize: band < 30 ? 10 : 12,
                fill: (m: Move) => (strength(m) > 0.72 ? colors.onAccent : colors.ink)
              }
            )
          ]
        : []),
      Plot.text([isNarrow ? "now →" : "decile now →"], {frameAnchor: "top-left", dy: -38, fill: colors.muted}),
      Plot.text([isNarrow ? "then ↓" : "decile then ↓"], {
        frameAnchor: "top-left",
        dx: -left,
        dy: -20,
        textAnchor: "start",
        fill: colors.muted
      })
    ]
  });
}
