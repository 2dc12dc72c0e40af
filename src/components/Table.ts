import {html} from "htl";
import {columnsOf, toCsv} from "./csv.js";
import {download} from "./download.js";
import {formatCount, formatDate, formatInstant, formatNumber} from "./format.js";
import {sortRows} from "./sort.js";

export interface Column<T> {
  /** The heading; default: the column's name with spaces. */
  label?: string;
  /** Explains the heading when it is pointed at. */
  description?: string;
  /** Text or an element for a cell; the default writes numbers with thousands, dates as `30 Jun 1998`. */
  format?(value: never, row: T): string | Node | null;
  align?: "left" | "right";
}

export interface TableOptions<T> {
  /** The columns to show, in order: names, or an object from name to options. Default: all. */
  columns?: readonly (keyof T & string)[] | {[name in keyof T & string]?: Column<T> | string};
  /** Says what the table shows; read out by screen readers. */
  caption: string;
  /** Shows the caption above the table, too. */
  showCaption?: boolean;
  /** Rows per page; default 15. */
  pageSize?: number;
  sort?: {column: keyof T & string; descending?: boolean};
  /** The name of the CSV file; without it no export is offered. */
  name?: string;
  /** Said where there are no rows. */
  empty?: string;
  /** Class of a row: `muted` greys it. */
  rowClass?(row: T): string | undefined;
}

/**
 * An accessible table: sortable headings, a sticky header, all rows in pages, and CSV export of every row.
 *
 * @example Table(batches, {caption: "Batches", columns: {file: "File", rows: "Rows"}, name: "batches"})
 */
export function Table<T extends object>(rows: readonly T[], options: TableOptions<T>): HTMLElement {
  const {caption, showCaption = false, pageSize = 15, name, empty = "No rows.", rowClass} = options;
  const columns = columnsFor(rows, options);
  let {sort} = options;
  let page = 0;
  const body = html`<tbody></tbody>`;
  const headings = columns.map((column) => {
    const button = html`<button type="button" title=${column.description ?? null} onclick=${() => order(column.name)}>
      ${column.label}
    </button>`;
    return html`<th scope="col" class=${column.align}>${button}</th>`;
  });
  const range = html`<span aria-live="polite"></span>`;
  const previous = html`<button type="button" onclick=${() => turn(-1)}>‹ Previous</button>` as HTMLButtonElement;
  const next = html`<button type="button" onclick=${() => turn(1)}>Next ›</button>` as HTMLButtonElement;
  const pager = html`<div class="table-pager">${rows.length > pageSize ? [range, previous, next] : null}</div>`;
  if (name) pager.append(html`<button type="button" class="export" onclick=${save}>CSV</button>`);
  let sorted: readonly T[] = rows;

  function order(column: keyof T & string) {
    const descending =
      sort?.column === column ? !sort.descending : columns.find((c) => c.name === column)!.align === "right";
    sort = {column, descending};
    page = 0;
    show();
  }

  function turn(step: number) {
    page += step;
    show();
  }

  function show() {
    sorted = sort ? sortRows(rows, sort.column, sort.descending) : rows;
    const start = page * pageSize;
    body.replaceChildren(
      ...sorted.slice(start, start + pageSize).map(
        (row) =>
          html`<tr class=${rowClass?.(row) ?? null}>
            ${columns.map(
              (column) => html`<td class=${column.align}>${column.format(row[column.name] as never, row)}</td>`
            )}
          </tr>`
      )
    );
    headings.forEach((heading, i) => {
      if (columns[i]!.name !== sort?.column) heading.removeAttribute("aria-sort");
      else heading.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
    });
    const end = Math.min(rows.length, start + pageSize);
    range.textContent = `${formatCount(start + 1)}–${formatCount(end)} of ${formatCount(rows.length)}`;
    previous.disabled = start === 0;
    next.disabled = end >= rows.length;
  }

  function save() {
    const names = columns.map((column) => column.name);
    download(`${name}.csv`, new Blob([toCsv(sorted as readonly Record<string, unknown>[], names)], {type: "text/csv"}));
  }

  show();
  if (rows.length === 0) return html`<p class="table-empty muted">${empty}</p>`;
  return html`<div class="table">
    <div class="table-scroll" tabindex="0" role="region" aria-label=${caption}>
      <table>
        <caption class=${showCaption ? null : "visually-hidden"}>
          <span>${caption}</span>
        </caption>
        <thead>
          <tr>
            ${headings}
          </tr>
        </thead>
        ${body}
      </table>
    </div>
    ${pager.childNodes.length > 0 ? pager : null}
  </div>`;
}

type Ready<T> = Required<Pick<Column<T>, "label" | "align">> & {
  name: keyof T & string;
  description?: string;
  format(value: never, row: T): string | Node | null;
};

function columnsFor<T extends object>(rows: readonly T[], {columns}: TableOptions<T>): Ready<T>[] {
  const given: [string, Column<T> | string | undefined][] =
    columns === undefined
      ? columnsOf(rows as readonly Record<string, unknown>[]).map((name) => [name, undefined])
      : Array.isArray(columns)
        ? columns.map((name) => [name as string, undefined])
        : Object.entries(columns as Record<string, Column<T> | string>);
  return given.map(([name, options]) => {
    const column: Column<T> = typeof options === "string" ? {label: options} : (options ?? {});
    const key = name as keyof T & string;
    const sample = rows.find((row) => row[key] !== null && row[key] !== undefined)?.[key];
    return {
      name: key,
      label: column.label ?? name.replaceAll("_", " "),
      description: column.description,
      align: column.align ?? (typeof sample === "number" ? "right" : "left"),
      format: column.format ?? formatValue
    };
  });
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value, 2);
  if (value instanceof Date) return +value % 86_400_000 === 0 ? formatDate(value) : formatInstant(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
