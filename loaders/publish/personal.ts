import {personalFields} from "../../lib/definitions/personal.js";
import {quoteColumn} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import {columnLineage, type TableShape} from "../engine/lineage.js";
import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";

/** Why a column may not leave the warehouse, by schema.table.column; `.*` for a struct taken as a whole. */
export type Taints = Map<string, string>;

/** The columns that hold personal data or raw input from the start. */
export function rootTaints(workspace: Workspace, shapes: Map<string, TableShape>): Taints {
  const taints: Taints = new Map([
    ["core.identities.value", "an identity"],
    ["landing.rejects.value", "refused input"],
    ["landing.rejects.raw", "refused input"],
    ["core.attributes.value", "attributes of every kind as text"]
  ]);
  for (const table of ["core.events", "landing.duplicates"]) {
    taints.set(`${table}.profile_number`, "an internal number");
    taints.set(`${table}.properties.*`, "properties as a whole");
    for (const name of personalFields(workspace.sources)) taints.set(`${table}.properties.${name}`, "personal");
    for (const {name} of shapes.get(table)?.columns ?? []) {
      if (name === "raw") taints.set(`${table}.${name}`, "raw input");
    }
  }
  for (const name of personalAttributes(workspace)) taints.set(`core.profiles.${name}`, "personal");
  for (const source of workspace.sources) {
    if (source.kind !== "lookup") continue;
    const table = `core.${source.table ?? source.id}`;
    for (const [name, column] of Object.entries(source.columns)) {
      if (column.personal) taints.set(`${table}.${name}`, "personal");
    }
  }
  return taints;
}

/**
 * Follows personal columns through every model, in the order given: a SQL model's columns by lineage, and whatever a
 * header marks personal. Models in TypeScript are part of Tenfold: their headers say it all.
 */
export async function spreadTaints(
  database: Database,
  nodes: GraphNode[],
  taints: Taints,
  shapes: Map<string, TableShape>
): Promise<Taints> {
  const result: Taints = new Map(taints);
  for (const node of inOrder(nodes)) {
    for (const [name, column] of Object.entries(node.header.columns)) {
      if (typeof column === "object" && column.personal) result.set(`${node.name}.${name}`, "personal");
    }
    const outputs = shapes.get(node.name)?.columns.map(({name}) => name);
    if (node.sql === undefined || !outputs) continue;
    const found = await refusals(database, node.sql, outputs, (column) => result.get(column), shapes);
    found.forEach((taint, i) => {
      if (taint) result.set(`${node.name}.${outputs[i]!}`, taint);
    });
  }
  return result;
}

/** For each output column of a query: why it may not leave, or undefined. Lineage that cannot be told is a reason. */
export async function refusals(
  database: Database,
  sql: string,
  outputs: string[],
  why: (column: string) => string | undefined,
  shapes: Map<string, TableShape>
): Promise<(string | undefined)[]> {
  const lineage = await columnLineage(database, sql, shapes, outputs);
  return lineage.map((sources) => {
    if (sources === undefined) return "it cannot be told what it derives from";
    const source = [...sources].find((column) => why(column));
    return source && `it derives from ${source} (${why(source)})`;
  });
}

/** The values that no published text may hold, in lower case: table `personal_values(value)`. */
export async function collectPersonalValues(
  database: Database,
  workspace: Workspace,
  shapes: Map<string, TableShape>
): Promise<void> {
  const has = (table: string, column: string) => shapes.get(table)?.columns.some(({name}) => name === column) ?? false;
  const parts: string[] = [];
  if (has("core.identities", "value")) parts.push("select value from core.identities");
  const struct = shapes.get("core.events")?.columns.find(({name}) => name === "properties");
  for (const name of personalFields(workspace.sources)) {
    if (!struct?.type.includes(`${name} `) && !struct?.type.includes(`"${name}" `)) continue;
    parts.push(`select distinct properties.${quoteColumn(name)}::varchar from core.events`);
  }
  for (const source of workspace.sources) {
    const table = `core.${source.table ?? source.id}`;
    for (const [name, column] of Object.entries(source.columns)) {
      if (source.kind === "lookup" && column.personal && has(table, name)) {
        parts.push(`select ${quoteColumn(name)}::varchar from core.${quoteColumn(source.table ?? source.id)}`);
      }
    }
  }
  const all = parts.length > 0 ? parts.join(" union all ") : "select null::varchar as value where false";
  await database.run(`
    create or replace temp table personal_values as
    select distinct lower(trim(value)) as value from (${all}) as found(value)
    where length(trim(value)) >= 6 and not regexp_full_match(trim(value), '[0-9]+')`);
}

function personalAttributes(workspace: Pick<Workspace, "sources">): string[] {
  const attributes = new Set(workspace.sources.flatMap((source) => Object.keys(source.attributes)));
  return personalFields(workspace.sources).filter((name) => attributes.has(name));
}

function inOrder(nodes: GraphNode[]): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const done = new Set<GraphNode>();
  const visit = (node: GraphNode) => {
    if (done.has(node)) return;
    done.add(node);
    for (const input of node.inputs) {
      const before = byName.get(input);
      if (before) visit(before);
    }
    ordered.push(node);
  };
  const ordered: GraphNode[] = [];
  for (const node of nodes) visit(node);
  return ordered;
}
