import type {Database} from "../../engine/database.js";
import type {TableShape} from "../../engine/lineage.js";
import type {GraphNode} from "../../engine/node.js";
import {columnMark} from "../marks.js";
import type {Described} from "./described.js";
import {catalogFile, type CatalogFile} from "./file.js";
import {failedTests, testNames} from "./tests.js";

/** Every table of the warehouse that is there or should be, by name. */
export async function describeTables(
  database: Database,
  nodes: GraphNode[],
  shapes: Map<string, TableShape>
): Promise<Described[]> {
  const versions = await database.rows<Version>(
    "select name, rows::double as rows, stale_since, stale_reason from runs.versions"
  );
  const version = new Map(versions.map((row) => [row.name, row]));
  const made = nodes.map((node): Described => {
    const {name, file, header} = node;
    const row = version.get(name);
    return {
      name,
      file,
      header,
      node,
      description: header.description,
      grain: header.grain,
      key: header.key,
      kind: node.sql === undefined ? "typescript" : "sql",
      rows: row?.rows ?? null,
      status: !row || !shapes.has(name) ? "missing" : row.stale_since ? "stale" : "current",
      stale_reason: withoutValues(row?.stale_reason)
    };
  });
  const taken: Described[] = [];
  for (const [name, {description, grain, key}] of Object.entries(ingested)) {
    if (!shapes.has(name)) continue;
    const rows = Number(await database.value(`select count(*) from ${name}`));
    taken.push({
      name,
      description,
      grain,
      key,
      rows,
      kind: "ingest",
      file: "sources/",
      status: "current",
      stale_reason: null
    });
  }
  return [...taken, ...made].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** An engine's message without the values that it quotes: they may be anybody's. */
export function withoutValues(message: string | null | undefined): string | null {
  return message?.replace(/'[^'\n]*'/g, "'…'") ?? null;
}

export function tablesFile(tables: Described[]): CatalogFile {
  return catalogFile(
    "tables",
    {
      name: "text",
      kind: "text",
      role: "text",
      description: "text",
      grain: "text",
      key: "text",
      file: "text",
      rows: "number",
      status: "text",
      stale_reason: "text",
      tests: "integer",
      tests_failed: "integer",
      publish: "text"
    },
    tables.map((table) => ({
      name: table.name,
      kind: table.kind,
      role: table.header?.role ?? "none",
      description: table.description,
      grain: table.grain,
      key: table.key.join(", "),
      file: table.file,
      rows: table.rows,
      status: table.status,
      stale_reason: table.stale_reason,
      tests: testNames(table.header).length,
      tests_failed: failedTests(table).length,
      publish: table.header?.publish ?? "none"
    }))
  );
}

export function columnsFile(tables: Described[], shapes: Map<string, TableShape>): CatalogFile {
  return catalogFile(
    "columns",
    {
      table: "text",
      position: "integer",
      column: "text",
      type: "text",
      description: "text",
      unit: "text",
      publish: "text"
    },
    tables.flatMap(({name, header, node}) =>
      (shapes.get(name)?.columns ?? []).map((column, position) => {
        const given = header?.columns[column.name];
        return {
          table: name,
          position: position + 1,
          column: column.name,
          type: column.type,
          description: typeof given === "string" ? given : (given?.description ?? null),
          unit: typeof given === "object" ? (given.unit ?? null) : null,
          publish: node ? columnMark(node, column.name) : "none"
        };
      })
    )
  );
}

export function referencesFile(tables: Described[]): CatalogFile {
  return catalogFile(
    "references",
    {table: "text", columns: "text", to_table: "text", to_columns: "text"},
    tables.flatMap(({name, header}) =>
      (header?.references ?? []).map(({columns, table, fields}) => ({
        table: name,
        columns: columns.join(", "),
        to_table: table,
        to_columns: fields.join(", ")
      }))
    )
  );
}

export function lineageFile(tables: Described[]): CatalogFile {
  return catalogFile(
    "lineage",
    {table: "text", input: "text"},
    tables.flatMap(({name, node}) => [...(node?.inputs ?? [])].sort().map((input) => ({table: name, input})))
  );
}

interface Version {
  name: string;
  rows: number | null;
  stale_since: Date | null;
  stale_reason: string | null;
}

/** The tables that no node builds: ingestion keeps them. */
export const ingested: Record<string, {description: string; grain: string; key: string[]}> = {
  "landing.batches": {
    description: "What was taken in: every landed file, with the count of its rows by what became of them.",
    grain: "one row per landed file and attempt",
    key: ["batch_id"]
  },
  "landing.rejects": {
    description: "What was refused, with the reason.",
    grain: "one row per refused row and reason",
    key: []
  },
  "core.events": {
    description: "Every recorded customer action.",
    grain: "one row per event",
    key: ["source", "event_id"]
  },
  "core.identities": {
    description: "Every id that a customer is known by, and whose it is.",
    grain: "one row per namespace and value",
    key: ["identity_id"]
  }
};
