import {html, svg} from "htl";
import type {TableInfo} from "../catalog.js";
import {Empty} from "../Empty.js";
import {formatCount} from "../format.js";
import {responsive} from "../responsive.js";
import {urlState} from "../url.js";
import {layoutStar, type Box, type Reference} from "./star.js";

/**
 * The star schema: facts in the middle, dimensions around them, a line per reference. Every table is a link that
 * chooses it (`?table=…`), reachable with the keyboard.
 */
export function StarDiagram(tables: readonly TableInfo[], references: readonly Reference[]): HTMLElement {
  const stars = tables.filter((table) => table.role === "fact" || table.role === "dimension");
  if (stars.length === 0)
    return Empty(
      "No model declares itself a fact or a dimension.",
      "Give a model the header role: fact, or role: dimension."
    );
  const chosen = urlState("table", "");
  const frame = responsive((width) => draw(stars, references, Math.min(width, 1000), chosen.value));
  chosen.subscribe((name) => mark(frame, name));
  return html`<figure class="figure star">${frame}</figure>`;
}

function draw(tables: readonly TableInfo[], references: readonly Reference[], width: number, chosen: string): Element {
  const {boxes, lines, height} = layoutStar(tables, references, width);
  const info = new Map(tables.map((table) => [table.name, table]));
  const picture = svg`<svg viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="group" aria-label="Star schema">
    ${lines.map(({path, from, to}) => svg`<path d=${path} data-from=${from} data-to=${to} class="star-line"></path>`)}
    ${boxes.map((box) =>
      drawBox(
        box,
        info.get(box.name)!,
        lines.filter((line) => line.from === box.name).map((line) => line.to)
      )
    )}
  </svg>`;
  mark(picture, chosen);
  return picture;
}

function drawBox({name, role, x, y, width, height}: Box, table: TableInfo, targets: readonly string[]): SVGElement {
  const short = name.replace(/^[^.]*\./, "");
  const rows = table.rows === null ? "not built" : `${formatCount(table.rows)} rows`;
  const refers =
    targets.length > 0 ? `, refers to ${targets.map((target) => target.replace(/^[^.]*\./, "")).join(", ")}` : "";
  return svg`<a href=${`?table=${encodeURIComponent(name)}#table`} onclick=${(event: Event) => choose(event, name)} class=${`star-box ${role}`} data-table=${name} aria-label=${`${role} ${short}, ${rows}${refers}`}>
    <rect x=${x} y=${y} width=${width} height=${height} rx="3"></rect>
    <text x=${x + 12} y=${y + 19} class="star-name">${fit(short, width - 20)}</text>
    <text x=${x + 12} y=${y + 36} class="star-rows">${rows}${table.status === "current" ? "" : ` · ${table.status}`}</text>
    <title>${table.description}</title>
  </a>`;
}

/** Follows a link to a table without leaving the page. */
export function choose(event: Event, name: string): void {
  const {metaKey, ctrlKey, shiftKey} = event as MouseEvent;
  if (metaKey || ctrlKey || shiftKey) return;
  event.preventDefault();
  urlState("table", "").value = name;
}

function mark(root: Element, name: string) {
  for (const box of root.querySelectorAll<SVGElement>("[data-table]")) {
    if (box.dataset.table === name) box.setAttribute("aria-current", "true");
    else box.removeAttribute("aria-current");
  }
  for (const line of root.querySelectorAll<SVGElement>("[data-from]")) {
    line.classList.toggle("marked", line.dataset.from === name || line.dataset.to === name);
  }
}

function fit(text: string, width: number): string {
  const room = Math.floor(width / 7.2);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
