import {svg} from "htl";
import {colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent, formatShort, type UnitFormat} from "../format.js";
import type {Combination} from "./audiences.js";

/** Combinations shown; the rest stands in the table. */
const most = 12;

export interface UpSetOptions {
  id: string;
  name: string;
  /** What audiences are called, by id. */
  names: ReadonlyMap<string, string>;
  unit: UnitFormat;
  asOf: string;
}

/**
 * Who of an audience is in which others, each member counted in exactly one column: the UpSet plot of Lex et al. 2014
 * (doi:10.1109/TVCG.2014.2346248), for the five audiences that overlap it most.
 */
export function UpSet(rows: readonly Combination[], {id, name, names, unit, asOf}: UpSetOptions): HTMLElement {
  const isAlone = names.size < 2;
  const data = isAlone ? [] : rows.filter(({profiles}) => profiles > 0).toSorted((a, b) => b.profiles - a.profiles);
  const all = data.reduce((sum, {profiles}) => sum + profiles, 0);
  const alone = data.find(({others}) => !others)?.profiles ?? 0;
  const title = (other: string) => names.get(other) ?? other;
  return Figure<Combination>({
    title: "Overlap with other audiences",
    finding:
      all > 0
        ? `${formatPercent(alone / all, 0)} of its members are in none of the audiences that overlap it most.`
        : undefined,
    data,
    name: `${id}-overlap`,
    columns: {
      others: {label: "Also in", format: (others: string) => idsOf(others).map(title).join(", ") || "no other"},
      profiles: {label: "Customers", format: (n: number) => formatCount(n)},
      value: {label: "Value", format: (value: number) => unit.short(value)}
    },
    caption: `Each member of ${name} is counted once, in the column of exactly the audiences they are in.`,
    asOf,
    empty: isAlone ? "There is no other audience." : "It has no members to share.",
    render: (width) => draw(data.slice(0, most), title, width)
  });
}

function idsOf(others: string): string[] {
  return (others ?? "").split(",").filter((other) => other !== "");
}

function draw(columns: readonly Combination[], title: (id: string) => string, width: number): SVGSVGElement {
  const sets = setsOf(columns);
  const left = Math.min(180, Math.max(90, width * 0.34));
  const step = Math.min(64, (width - left - 8) / columns.length);
  const [bars, row] = [150, 24];
  const height = bars + 26 + Math.max(1, sets.length) * row;
  const greatest = Math.max(...columns.map(({profiles}) => profiles));
  const x = (i: number) => left + step * (i + 0.5);
  const y = (profiles: number) => 18 + (1 - profiles / greatest) * (bars - 18);
  const dots = (column: Combination, i: number) => {
    const inside = idsOf(column.others).map((other) => sets.indexOf(other));
    const lines = inside.length > 1 ? [Math.min(...inside), Math.max(...inside)] : [];
    return svg`<g>
      ${lines.length > 0 ? svg`<line x1=${x(i)} x2=${x(i)} y1=${dotY(lines[0]!)} y2=${dotY(lines[1]!)} stroke=${colors.accent} stroke-width="2"></line>` : null}
      ${sets.map((_, set) => svg`<circle cx=${x(i)} cy=${dotY(set)} r=${Math.min(5, step / 4)} fill=${inside.includes(set) ? colors.accent : colors.rule}></circle>`)}
    </g>`;
  };
  const dotY = (set: number) => bars + 22 + set * row;
  return svg`<svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="img" font-size="12" fill=${colors.ink}
      aria-label=${`Overlap: ${columns.length} combinations, the greatest of ${formatCount(greatest)} customers`}>
    ${columns.map(
      (column, i) => svg`<g>
        <title>${idsOf(column.others).map(title).join(", ") || "no other"}: ${formatCount(column.profiles)}</title>
        <rect x=${x(i) - step * 0.34} width=${step * 0.68} y=${y(column.profiles)} height=${bars - y(column.profiles)}
          fill=${column.others ? colors.accent : colors.accentSoft}></rect>
        <text x=${x(i)} y=${y(column.profiles) - 4} text-anchor="middle">${formatShort(column.profiles)}</text>
        ${dots(column, i)}
      </g>`
    )}
    <line x1=${left} x2=${left + step * columns.length} y1=${bars} y2=${bars} stroke=${colors.ink}></line>
    ${sets.map((set, i) => svg`<text x=${left - 8} y=${dotY(i)} dy="0.35em" text-anchor="end">${cut(title(set), left / 7)}</text>`)}
    ${sets.length === 0 ? svg`<text x=${left - 8} y=${bars + 22} dy="0.35em" text-anchor="end" fill=${colors.muted}>no other</text>` : null}
  </svg>` as SVGSVGElement;
}

/** The audiences that stand in any column, the commonest first. */
function setsOf(columns: readonly Combination[]): string[] {
  const sums = new Map<string, number>();
  for (const {others, profiles} of columns) {
    for (const other of idsOf(others)) sums.set(other, (sums.get(other) ?? 0) + profiles);
  }
  return [...sums].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(1, length - 1)).trimEnd()}…` : text;
}
