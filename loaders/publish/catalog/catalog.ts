import {localDate} from "../../../lib/calendar.js";
import type {Database} from "../../engine/database.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import type {PublishedFile} from "../manifest.js";
import {tableShapes} from "../marks.js";
import type {Described} from "./described.js";
import {catalogFile, type CatalogFile} from "./file.js";
import {columnsFile, describeTables, lineageFile, referencesFile, tablesFile, withoutValues} from "./tables.js";
import {failedTests, testNames, testsFile} from "./tests.js";

export interface CatalogContext {
  asOf: Date;
  /** One hash of what the other files hold. */
  build: string;
  files: PublishedFile[];
}

/**
 * What pages say about the warehouse itself. All but `runs.arrow` follows from input, definitions and as-of alone; that
 * one tells when things ran.
 */
export async function catalogFiles(
  database: Database,
  workspace: Workspace,
  nodes: GraphNode[],
  context: CatalogContext
): Promise<CatalogFile[]> {
  const shapes = await tableShapes(database);
  const tables = await describeTables(database, nodes, shapes);
  const newest = shapes.has("core.events")
    ? await database.value<Date | null>("select max(event_time) from core.events")
    : null;
  return [
    metaFile(workspace, tables, newest?.getTime() ?? null, context),
    metricsFile(workspace),
    tablesFile(tables),
    columnsFile(tables, shapes),
    referencesFile(tables),
    lineageFile(tables),
    testsFile(tables),
    filesFile(context.files),
    await runsFile(database)
  ];
}

function metaFile(
  workspace: Workspace,
  tables: Described[],
  newest: number | null,
  {asOf, build}: CatalogContext
): CatalogFile {
  const {category} = workspace;
  const total = (count: (table: Described) => number) => tables.reduce((sum, table) => sum + count(table), 0);
  return catalogFile(
    "meta",
    {
      name: "text",
      description: "text",
      build: "text",
      as_of: "timestamp",
      as_of_date: "date",
      time_zone: "text",
      currency: "text",
      publish: "text",
      k: "integer",
      buckets: "integer",
      history: "integer",
      category: "text",
      newest_event_at: "timestamp",
      tables: "integer",
      tables_stale: "integer",
      tests: "integer",
      tests_failed: "integer"
    },
    [
      {
        name: workspace.name,
        description: workspace.description ?? null,
        build,
        as_of: asOf.getTime(),
        as_of_date: Date.parse(localDate(new Date(asOf.getTime() - 1), workspace.time_zone)),
        time_zone: workspace.time_zone,
        currency: workspace.currency,
        publish: workspace.publish.mode,
        k: workspace.publish.k,
        buckets: workspace.buckets,
        history: workspace.history,
        category: category?.name ?? category?.attribute ?? category?.property ?? null,
        newest_event_at: newest,
        tables: tables.length,
        tables_stale: total(({status}) => (status === "current" ? 0 : 1)),
        tests: total(({header}) => testNames(header).length),
        tests_failed: total((table) => failedTests(table).length)
      }
    ]
  );
}

function metricsFile({metrics}: Workspace): CatalogFile {
  return catalogFile(
    "metrics",
    {metric: "text", position: "integer", label: "text", description: "text", unit: "text", forecast: "text"},
    Object.entries(metrics).map(([metric, {label, description, unit, expression}], position) => ({
      metric,
      position,
      label: label ?? metric.replaceAll("_", " "),
      description: description ?? null,
      unit,
      forecast: /^forecast\((.+)\)$/.exec(expression)?.[1] ?? null
    }))
  );
}

/** What was published, and of how many rows it is a sample. */
function filesFile(files: PublishedFile[]): CatalogFile {
  return catalogFile(
    "files",
    {name: "text", description: "text", rows: "number", of: "number", is_sample: "boolean"},
    files
      .flatMap(({tables = [], ...file}) => [file, ...tables.map((table) => ({...file, ...table}))])
      .map(({name, description, rows, of}) => ({name, description, rows, of, is_sample: rows < of}))
  );
}

async function runsFile(database: Database): Promise<CatalogFile> {
  const rows = await database.rows<Record<string, string | number | Date | null>>(`
    select run_id, kind, name, status, rows::double as rows, seconds, error, as_of, started_at, finished_at
    from runs.runs where status <> 'running'
    qualify row_number() over (partition by name order by started_at desc) <= 5
    order by started_at desc, name limit 1000`);
  return catalogFile(
    "runs",
    {
      run_id: "text",
      kind: "text",
      name: "text",
      status: "text",
      rows: "number",
      seconds: "number",
      error: "text",
      as_of: "timestamp",
      started_at: "timestamp",
      finished_at: "timestamp"
    },
    rows.map((row) => ({
      ...Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.getTime() : value])
      ),
      error: withoutValues(row.error as string | null)
    }))
  );
}
