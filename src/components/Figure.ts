import {html} from "htl";
import {toCsv} from "./csv.js";
import {fileName} from "./fileName.js";
import type {Key} from "./key.js";
import {download, pngBlob, svgBlob, type PictureText} from "./download.js";
import {Empty} from "./Empty.js";
import {plural} from "./format.js";
import {responsive} from "./responsive.js";
import {Table, type TableOptions} from "./Table.js";

export interface FigureOptions<T extends object> {
  /** What is plotted, with unit and window: `Value by decile · spend, last 12 months`. */
  title: string;
  /** What the reader should take away: one sentence in plain words, with the figures that show it. */
  finding?: string | Node;
  /** Draws the chart for a width in pixels; called again when the width changes. */
  render(width: number): Element;
  /** The rows shown, for the table behind the figure and the CSV. */
  data: readonly T[];
  /** Columns of the table behind the figure, as in `Table`. */
  columns?: TableOptions<T>["columns"];
  /** Definitions, windows, what was left out: stands below the chart. */
  caption?: string | Node;
  /** `as of 30 Jun 1998`: stands below the chart and on every export. */
  asOf?: string;
  /** Said in place of the chart where `data` has no rows. */
  empty?: string;
  /** What the colours mean, where direct labels do not say it: stands above the chart and on exports. */
  keys?: readonly Key[];
  /** Name of exported files; default: made from the title. */
  name?: string;
}

/**
 * A chart with all that belongs to it: title, finding, caption, the table behind it, and export as SVG, PNG and CSV.
 */
export function Figure<T extends object>(options: FigureOptions<T>): HTMLElement {
  const {
    title,
    finding,
    render,
    data,
    columns,
    caption,
    asOf,
    keys = [],
    empty = "Nothing to show here yet."
  } = options;
  const name = options.name ?? (fileName(title) || "figure");
  // Not from the title: two titles in letters that file names leave out would be one.
  const id = `figure-${++figures}`;
  if (data.length === 0) {
    return html`<figure class="figure" aria-labelledby=${id}>
      <h3 id=${id}>${title}</h3>
      ${Empty(empty)}
    </figure>`;
  }
  const frame = responsive(render);
  const text = (): PictureText => ({
    head: [typeof finding === "string" ? finding : title, ...(typeof finding === "string" ? [title] : [])],
    keys,
    foot: asOf ? [asOf] : []
  });
  const picture = () => frame.querySelector<SVGSVGElement>("svg");
  const saveSvg = () => download(`${name}.svg`, svgBlob(picture()!, text()));
  const savePng = async () => download(`${name}.png`, await pngBlob(picture()!, text()));
  const saveCsv = () =>
    download(`${name}.csv`, new Blob([toCsv(data as readonly Record<string, unknown>[])], {type: "text/csv"}));
  const behind = html`<details class="behind" ontoggle=${fill}>
    <summary>Table <span class="muted">(${plural(data.length, "row")})</span></summary>
  </details>` as HTMLDetailsElement;
  function fill() {
    if (behind.open && !behind.querySelector(".table")) behind.append(Table(data, {caption: title, columns}));
  }
  return html`<figure class="figure" aria-labelledby=${id}>
    <h3 id=${id}>${title}</h3>
    ${finding ? html`<p class="finding">${finding}</p>` : null}
    ${keys.length > 0 ? html`<div class="keys">${keys.map(keyOf)}</div>` : null} ${frame}
    ${caption || asOf ? html`<figcaption>${caption}${caption && asOf ? " " : ""}${asOf ? html`<span class="as-of">${asOf}</span>` : null}</figcaption>` : null}
    <div class="figure-foot">
      ${behind}
      <div class="export" role="group" aria-label=${`Export: ${title}`}>
        <button type="button" onclick=${saveSvg}>SVG</button><button type="button" onclick=${savePng}>PNG</button
        ><button type="button" onclick=${saveCsv}>CSV</button>
      </div>
    </div>
  </figure>`;
}

let figures = 0;

function keyOf({label, color}: Key): HTMLElement {
  return html`<span><i style=${{background: color}}></i>${label}</span>`;
}
