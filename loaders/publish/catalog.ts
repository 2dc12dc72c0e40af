import {localDate} from "../../lib/calendar.js";
import type {GraphNode} from "../engine/node.js";
import type {ModelTest} from "../../lib/definitions/model.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import type {ArrowColumn, ArrowType} from "./arrow.js";

type Shape = Record<string, ArrowType>;
type Row = Record<string, string | number | boolean | null>;

/** What pages say about the warehouse itself: its tables, columns, references, lineage, tests and runs. */
export async function catalogFiles(
  database: Database,
  workspace: Workspace,
  nodes: GraphNode[],
  asOf: Date
): Promise<{name: string; columns: ArrowColumn[]}[]> {
  const versions = await database.rows<Version>(
    "select name, rows, built_at, stale_since, stale_reason from runs.versions order by name"
  );
  const version = new Map(versions.map((row) => [row.name, row]));
  const sorted = [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
  const types = await database.rows<{table: string; column: string; position: number; type: string}>(`
    select schema_name || '.' || table_name as "table", column_name as "column", column_index::integer as position,
      data_type as type
    from duckdb_columns() where database_name = current_database() and not internal
    order by schema_name, table_name, column_index`);
  const columnsOf = groupBy(types, (row) => row.table);
  const newest = await database.value<Date | null>("select max(event_time) from core.events").catch(() => null);
  return [
    file(
      "meta",
      {
        name: "text",
        description: "text",
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
          as_of: asOf.getTime(),
          as_of_date: Date.parse(localDate(new Date(asOf.getTime() - 1), workspace.time_zone)),
          time_zone: workspace.time_zone,
          currency: workspace.currency,
          publish: workspace.publish.mode,
          k: workspace.publish.k,
          buckets: workspace.buckets,
          history: workspace.history,
          category: categoryName(workspace),
          newest_event_at: newest?.getTime() ?? null,
          tables: sorted.length,
          tables_stale: sorted.filter((node) => version.get(node.name)?.stale_since).length,
          tests: sum(sorted, (node) => testsOf(node).length),
          tests_failed: sum(sorted, (node) => testsFailed(version.get(node.name)))
        }
      ]
    ),
    file(
      "metrics",
      {metric: "text", position: "integer", label: "text", description: "text", unit: "text"},
      Object.entries(workspace.metrics).map(([metric, {label, description, unit}], position) => ({
        metric,
        position,
        label: label ?? metric.replaceAll("_", " "),
        description: description ?? null,
        unit
      }))
    ),
    file(
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
      sorted.map((node) => {
        const row = version.get(node.name);
        return {
          name: node.name,
          kind: node.sql === undefined ? "typescript" : "sql",
          role: node.header.role,
          description: node.header.description,
          grain: node.header.grain,
          key: node.header.key.join(", "),
          file: node.file,
          rows: row?.rows == null ? null : Number(row.rows),
          status: row === undefined || !columnsOf.has(node.name) ? "missing" : row.stale_since ? "stale" : "current",
          stale_reason: row?.stale_reason ?? null,
          tests: testsOf(node).length,
          tests_failed: testsFailed(row),
          publish: node.header.publish
        };
      })
    ),
    file(
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
      sorted.flatMap((node) =>
        (columnsOf.get(node.name) ?? []).map(({column, position, type}) => {
          const header = node.header.columns[column];
          const given = typeof header === "object" ? header : undefined;
          return {
            table: node.name,
            position,
            column,
            type,
            description: typeof header === "string" ? header : (given?.description ?? null),
            unit: given?.unit ?? null,
            publish: given?.personal ? "none" : (given?.publish ?? node.header.publish)
          };
        })
      )
    ),
    file(
      "references",
      {table: "text", columns: "text", to_table: "text", to_columns: "text"},
      sorted.flatMap((node) =>
        node.header.references.map(({columns, table, fields}) => ({
          table: node.name,
          columns: columns.join(", "),
          to_table: table,
          to_columns: fields.join(", ")
        }))
      )
    ),
    file(
      "lineage",
      {table: "text", input: "text"},
      sorted.flatMap((node) => [...node.inputs].sort().map((input) => ({table: node.name, input})))
    ),
    file(
      "tests",
      {table: "text", test: "text", status: "text"},
      sorted.flatMap((node) =>
        testsOf(node).map((test) => ({
          table: node.name,
          test,
          status: failedTests(version.get(node.name)).includes(test)
            ? "failed"
            : version.get(node.name)?.stale_since
              ? "stale"
              : "passed"
        }))
      )
    ),
    file(
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
      (
        await database.rows<Record<string, unknown>>(`
          select run_id, kind, name, status, rows::double as rows, seconds, error, as_of, started_at, finished_at
          from runs.runs qualify row_number() over (partition by name order by started_at desc) <= 5
          order by started_at desc, name limit 1000`)
      ).map(
        (row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.getTime() : value])
          ) as Row
      )
    )
  ];
}

interface Version {
  name: string;
  rows: number | null;
  built_at: Date | null;
  stale_since: Date | null;
  stale_reason: string | null;
}

function file(name: string, shape: Shape, rows: Row[]) {
  const columns = Object.entries(shape).map(([column, type]): ArrowColumn => ({
    name: column,
    type,
    values: rows.map((row) => row[column] ?? null)
  }));
  return {name, columns};
}

function categoryName({category}: Workspace): string | null {
  return category?.name ?? category?.attribute ?? category?.property ?? null;
}

/** Every test of a table as one line: its own, its key's and its references'. */
function testsOf({header}: GraphNode): string[] {
  return [
    ...(header.key.length > 0 ? [`unique: ${header.key.join(", ")}`, `not_null: ${header.key.join(", ")}`] : []),
    ...header.references.map(
      ({columns, table, fields}) => `relationship: ${columns.join(", ")} in ${table}(${fields.join(", ")})`
    ),
    ...header.tests.map(testText)
  ];
}

function testText(test: ModelTest): string {
  const list = (columns: string | string[]) => [columns].flat().join(", ");
  if ("unique" in test) return `unique: ${list(test.unique)}`;
  if ("not_null" in test) return `not_null: ${list(test.not_null)}`;
  if ("accepted_values" in test) {
    return `accepted_values: ${test.accepted_values.column} in ${test.accepted_values.values.join(", ")}`;
  }
  if ("relationship" in test) {
    const {column, to, field} = test.relationship;
    return `relationship: ${list(column)} in ${to}(${list(field)})`;
  }
  return `expression: ${test.expression}`;
}

/** A table is stale for a failed test of its own when the reason names one. */
function failedTests(version?: Version): string[] {
  const match = /^test failed: (.*)$/s.exec(version?.stale_reason ?? "");
  return match ? match[1]!.split("; ") : [];
}

function testsFailed(version?: Version): number {
  return failedTests(version).length;
}

function sum<T>(items: T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
