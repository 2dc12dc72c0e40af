import {html, svg} from "htl";
import type {Row} from "../data.js";
import {responsive} from "../responsive.js";
import {choose} from "./StarDiagram.js";

/** A row of `lineage.arrow`: a table reads an input. */
export interface Lineage extends Row {
  table: string;
  input: string;
}

/** What a table is made from and what reads it: inputs on the left, readers on the right, each a link. */
export function LineageDiagram(lineage: readonly Lineage[], name: string): HTMLElement {
  const inputs = lineage.filter((row) => row.table === name).map((row) => row.input);
  const readers = lineage.filter((row) => row.input === name).map((row) => row.table);
  const label = `${name} reads ${inputs.join(", ") || "no other table"}; it is read by ${readers.join(", ") || "no other table"}`;
  return html`<div class="lineage" role="group" aria-label=${label}>
    ${responsive((width) => draw(inputs, name, readers, Math.min(width, 900)))}
  </div>`;
}

const boxHeight = 28;
const step = 36;

function draw(inputs: readonly string[], name: string, readers: readonly string[], width: number): Element {
  const columns = [inputs, [name], readers];
  const gap = width < 620 ? 22 : 56;
  const boxWidth = Math.floor((width - 2 * gap - 2) / 3);
  const height = Math.max(...columns.map((column) => column.length), 1) * step;
  const at = (c: number, i: number) => ({
    x: 1 + c * (boxWidth + gap),
    y: (height - columns[c]!.length * step) / 2 + i * step + 4
  });
  const middle = at(1, 0);
  const link = (x1: number, y1: number, x2: number, y2: number) =>
    svg`<path class="star-line marked" d=${`M${x1},${y1}C${(x1 + x2) / 2},${y1} ${(x1 + x2) / 2},${y2} ${x2 - 5},${y2}`} marker-end="url(#lineage-arrow)"></path>`;
  const center = (y: number) => y + boxHeight / 2;
  return svg`<svg viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height}>
    <marker id="lineage-arrow" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0.5L7,4L0,7.5" class="star-arrow"></path></marker>
    ${inputs.map((_, i) => link(at(0, i).x + boxWidth, center(at(0, i).y), middle.x, center(middle.y)))}
    ${readers.map((_, i) => link(middle.x + boxWidth, center(middle.y), at(2, i).x, center(at(2, i).y)))}
    ${columns.flatMap((names, c) => names.map((table, i) => box(table, at(c, i), boxWidth, c === 1)))}
  </svg>`;
}

function box(name: string, {x, y}: {x: number; y: number}, width: number, isChosen: boolean): SVGElement {
  const room = Math.floor((width - 12) / 6.4);
  const short = name.length <= room ? name : name.replace(/^[^.]*\./, "");
  const text = short.length <= room ? short : `${short.slice(0, room - 1)}…`;
  return svg`<a href=${`?table=${encodeURIComponent(name)}#table`} onclick=${(event: Event) => choose(event, name)} class="star-box" aria-current=${isChosen ? "true" : null}>
    <rect x=${x} y=${y} width=${width} height=${boxHeight} rx="3"></rect>
    <text x=${x + 8} y=${y + 18} class="star-rows">${text}</text>
    <title>${name}</title>
  </a>`;
}
