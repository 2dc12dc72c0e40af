import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatDate, formatPercent} from "../format.js";
import type {MixOfDay} from "./audiences.js";

interface Part {
  day: string;
  bucket: number | null;
  label: string;
  profiles: number;
  share: number;
}

/** Which deciles an audience is made of, at each evaluation: the best below, the inactive on top. */
export function MixFigure(
  rows: readonly MixOfDay[],
  {name, measure, asOf}: {name: string; measure: string; asOf: string}
): HTMLElement {
  const parts = partsOf(rows);
  const days = [...new Set(parts.map(({day}) => day))];
  const buckets = Math.max(10, ...parts.map(({bucket}) => bucket ?? 0));
  const last = parts.filter(({day}) => day === days.at(-1));
  const best = last.filter(({bucket}) => bucket !== null && bucket <= 3).reduce((sum, {share}) => sum + share, 0);
  return Figure<Part>({
    title: `Decile mix over time · ${measure}`,
    finding: last.length > 0 ? `${formatPercent(best, 0)} of its members are in the best three deciles.` : undefined,
    data: parts,
    name: `${name}-deciles`,
    columns: {
      day: "Day",
      label: "Decile",
      profiles: {label: "Customers", format: (n: number) => formatCount(n)},
      share: {label: "Share", format: (share: number) => formatPercent(share)}
    },
    keys: [
      {label: "decile 1, the best", color: shade(1, buckets)},
      {label: `decile ${buckets}`, color: shade(buckets, buckets)},
      {label: "inactive", color: shade(null, buckets)}
    ],
    asOf,
    empty: "Nobody has been in it yet.",
    render: (width) => draw(parts, days, buckets, width)
  });
}

function partsOf(rows: readonly MixOfDay[]): Part[] {
  const totals = new Map<number, number>();
  for (const {date, profiles} of rows) totals.set(+date, (totals.get(+date) ?? 0) + profiles);
  return rows
    .filter(({profiles}) => profiles > 0)
    .toSorted((a, b) => +a.date - +b.date || (a.bucket ?? 99) - (b.bucket ?? 99))
    .map(({date, bucket, profiles}) => ({
      day: formatDate(date),
      bucket,
      label: bucket === null ? "inactive" : String(bucket),
      profiles,
      share: profiles / totals.get(+date)!
    }));
}

/** From full accent for the best to a breath of it for the last. */
function shade(bucket: number | null, buckets: number): string {
  if (bucket === null) return colors.faint;
  const strength = Math.round(100 - (78 * (bucket - 1)) / Math.max(1, buckets - 1));
  return `color-mix(in srgb, ${colors.accent} ${strength}%, ${colors.paper})`;
}

function draw(parts: readonly Part[], days: readonly string[], buckets: number, width: number) {
  const room = width - 68;
  const step = Math.max(1, Math.ceil((days.length * 76) / room));
  const shown = days.filter((_, i) => (days.length - 1 - i) % step === 0);
  return chart({
    label: `Decile mix over time: ${days.length} days, from decile 1 below to inactive on top`,
    width,
    height: 240,
    marginLeft: 44,
    marginRight: 24,
    x: {domain: [...days], label: null, tickSize: 0, ticks: shown, padding: days.length > 40 ? 0 : 0.1},
    y: {label: null, tickSize: 0, tickFormat: (share: number) => formatPercent(share, 0), ticks: 4, domain: [0, 1]},
    marks: [
      Plot.barY(parts, {
        x: "day",
        y: "share",
        fill: ({bucket}: Part) => shade(bucket, buckets),
        order: ({bucket}: Part) => bucket ?? 99,
        ...(days.length < 6 && {insetLeft: room / days.length / 4, insetRight: room / days.length / 4}),
        title: ({day, label, profiles, share}: Part) =>
          `${day}, ${label === "inactive" ? label : `decile ${label}`}: ${formatCount(profiles)}, ${formatPercent(share)}`
      }),
      Plot.ruleY([0], {stroke: colors.ink})
    ],
    color: {type: "identity"}
  });
}
