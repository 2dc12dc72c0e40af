import {html} from "htl";
import type {TableInfo} from "../catalog.js";
import {formatInstant} from "../format.js";
import {Table} from "../Table.js";
import {choose} from "./StarDiagram.js";
import type {RunInfo} from "./TableCard.js";

/** Every table with its grain, rows, tests and last run; names are links that choose the table. */
export function TableList(tables: readonly TableInfo[], runs: readonly RunInfo[]): HTMLElement {
  const last = new Map([...runs].reverse().map((run) => [run.name, run]));
  const rows = tables.map((table) => ({...table, last_run: last.get(table.name)?.started_at ?? null}));
  const link = (name: string) =>
    html`<a
      href=${`?table=${encodeURIComponent(name)}#table`}
      onclick=${(event: Event) => {
        choose(event, name);
        document.querySelector("#table")?.scrollIntoView({behavior: "smooth"});
      }}
      >${name}</a
    >`;
  return Table(rows, {
    caption: "All tables of the warehouse",
    name: "tables",
    pageSize: 50,
    columns: {
      name: {label: "Table", format: link},
      role: {label: "Role", format: (role: string) => (role === "none" ? "" : role)},
      grain: "Grain",
      rows: "Rows",
      tests: {
        label: "Tests",
        align: "right",
        format: (tests: number, row) =>
          row.tests_failed > 0 ? `${row.tests_failed} of ${tests} failed` : tests > 0 ? `${tests} ✓` : "–"
      },
      ...(tables.some((table) => table.status !== "current") && {status: "Status"}),
      last_run: {label: "Last run (UTC)", format: (at: Date | null) => formatInstant(at).replace(" UTC", "")}
    }
  });
}
