import {html} from "htl";
import type {TableInfo} from "../catalog.js";
import type {Row} from "../data.js";
import {Empty} from "../Empty.js";
import {formatCount, formatInstant, formatNumber} from "../format.js";
import {Table} from "../Table.js";
import {LineageDiagram, type Lineage} from "./LineageDiagram.js";
import type {Reference} from "./star.js";

/** A row of `columns.arrow`. */
export interface ColumnInfo extends Row {
  table: string;
  position: number;
  column: string;
  type: string;
  description: string | null;
  unit: string | null;
  publish: string;
}

/** A row of `tests.arrow`. */
export interface TestInfo extends Row {
  table: string;
  test: string;
  status: string;
}

/** A row of `runs.arrow`. */
export interface RunInfo extends Row {
  kind: string;
  name: string;
  status: string;
  rows: number | null;
  seconds: number;
  error: string | null;
  as_of: Date | null;
  started_at: Date;
}

export interface Catalog {
  tables: readonly TableInfo[];
  columns: readonly ColumnInfo[];
  references: readonly Reference[];
  lineage: readonly Lineage[];
  tests: readonly TestInfo[];
  runs: readonly RunInfo[];
}

/** Everything about one table: grain, key, columns, tests, last runs, what it reads and what reads it. */
export function TableCard(catalog: Catalog, name: string): HTMLElement {
  const table = catalog.tables.find((row) => row.name === name);
  const columns = catalog.columns.filter((row) => row.table === name);
  const isRead = catalog.lineage.some((row) => row.input === name);
  if (!table && !isRead)
    return Empty(`There is no table ${name}.`, "Choose one in the diagram above or in the list below.");
  const runs = catalog.runs.filter((row) => row.name === name);
  const tests = catalog.tests.filter((row) => row.table === name);
  return html`<section class="table-card">
    <h3 class="table-title"><code>${name}</code></h3>
    ${table ? facts(table, runs[0], catalog.references) : html`<p>Written by ingestion, not by a model.</p>`}
    <h4>Lineage</h4>
    ${LineageDiagram(catalog.lineage, name)}
    ${columns.length > 0 ? [html`<h4>Columns</h4>`, columnTable(columns, catalog.references)] : null}
    ${table ? [html`<h4>Tests</h4>`, testList(tests)] : null}
    ${runs.length > 0 ? [html`<h4>Last runs</h4>`, runTable(runs)] : null}
  </section>`;
}

function facts(table: TableInfo, run: RunInfo | undefined, references: readonly Reference[]): HTMLElement {
  const refers = references.filter((row) => row.table === table.name);
  const fact = (name: string, value: unknown) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  return html`<div>
    <p>${table.description}</p>
    <dl class="facts">
      ${fact("Grain", table.grain)} ${fact("Key", table.key ? html`<code>${table.key}</code>` : "none")}
      ${fact("Rows", formatCount(table.rows))}
      ${fact("Status", html`<span class=${table.status === "current" ? "good" : "bad"}>${table.status}</span>${table.stale_reason ? ` · ${table.stale_reason}` : ""}`)}
      ${run ? fact("Last run", `${formatInstant(run.started_at)}, ${formatNumber(run.seconds, 2)} s, ${run.status}`) : null}
      ${fact("Published", table.publish === "none" ? "no" : table.publish)}
      ${refers.length > 0 ? fact("Refers to", html`<span>${refers.map((row, i) => html`${i > 0 ? ", " : ""}<code>${row.columns} → ${row.to_table}</code>`)}</span>`) : null}
      ${fact("Defined in", html`<code>${table.file}</code>`)}
    </dl>
  </div>`;
}

function columnTable(columns: readonly ColumnInfo[], references: readonly Reference[]): HTMLElement {
  const target = (row: ColumnInfo) =>
    references.find((r) => r.table === row.table && r.columns.split(", ").includes(row.column))?.to_table;
  return Table(columns, {
    caption: `Columns of ${columns[0]!.table}`,
    pageSize: 60,
    columns: {
      column: {label: "Column", format: (name: string) => html`<code>${name}</code>`},
      type: {label: "Type", format: (type: string) => html`<span class="type">${type.toLowerCase()}</span>`},
      unit: {label: "Unit", format: (unit: string | null) => unit ?? ""},
      description: {
        label: "Meaning",
        format: (text: string | null, row) => [text, target(row) && `→ ${target(row)}`].filter(Boolean).join(" ")
      },
      publish: {label: "Published", format: (mark: string) => (mark === "none" ? "no" : mark)}
    }
  });
}

function testList(tests: readonly TestInfo[]): HTMLElement {
  if (tests.length === 0) return html`<p class="muted">No tests.</p>`;
  return html`<ul class="tests">
    ${tests.map(({test, status}) => html`<li class=${status === "passed" ? "good" : status === "failed" ? "bad" : "warn"}>${status === "passed" ? "✓" : status === "failed" ? "✕" : "–"} <span>${test}</span></li>`)}
  </ul>`;
}

function runTable(runs: readonly RunInfo[]): HTMLElement {
  return Table(runs, {
    caption: `Last runs of ${runs[0]!.name}`,
    columns: {
      started_at: {label: "Started", format: (at: Date) => formatInstant(at)},
      status: "Status",
      rows: "Rows",
      seconds: {label: "Seconds", format: (s: number) => formatNumber(s, 2)},
      error: {label: "Error", format: (text: string | null) => text ?? ""}
    }
  });
}
