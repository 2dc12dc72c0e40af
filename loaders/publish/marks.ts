import type {TableShape} from "../engine/lineage.js";
import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";

export type Mark = "none" | "aggregate" | "rows";

/** What a model's header lets a column do; the model's own mark where the column has none. */
export function columnMark({header}: Pick<GraphNode, "header">, column: string): Mark {
  const given = header.columns[column];
  if (typeof given === "object") {
    if (given.personal) return "none";
    if (given.publish) return given.publish;
  }
  return header.publish;
}

/** Whether a model's rows are persons or what they did, not counts of them and not the names of groups. */
export function holdsPersons({publish, people, role}: GraphNode["header"]): boolean {
  return publish === "rows" && people === undefined && role !== "dimension";
}

/** What may leave of the tables that no model makes, and of those that models make: by schema.table.column. */
export function marks(workspace: Workspace, nodes: GraphNode[]): (column: string) => Mark {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const properties = propertyMarks(workspace);
  const lookups = new Set(
    workspace.sources.filter(({kind}) => kind === "lookup").map(({table, id}) => `core.${table ?? id}`)
  );
  return (path) => {
    const [schema, name, column, field] = path.split(".") as [string, string, string, string | undefined];
    const table = `${schema}.${name}`;
    const node = byName.get(table);
    if (node) return columnMark(node, column);
    if (column === "properties") return properties.get(field ?? "*") ?? "none";
    if (lookups.has(table)) return "rows";
    return recorded.has(table) ? "aggregate" : "none";
  };
}

/** Tables that ingestion and runs write: their columns may be counted and summed, but for those that hold raw input. */
const recorded = new Set([
  "core.events",
  "core.identities",
  "landing.batches",
  "landing.rejects",
  "landing.duplicates",
  "landing.changes",
  "runs.runs",
  "runs.versions"
]);

function propertyMarks({sources}: Pick<Workspace, "sources">): Map<string, Mark> {
  const found = new Map<string, Mark>();
  for (const source of sources) {
    for (const fields of [...source.events.map(({properties}) => properties), source.attributes]) {
      for (const [name, field] of Object.entries(fields)) {
        const mark = typeof field === "string" ? "none" : field.publish;
        if (rank[mark] > rank[found.get(name) ?? "none"]) found.set(name, mark);
      }
    }
  }
  return found;
}

const rank: Record<Mark, number> = {none: 0, aggregate: 1, rows: 2};

/** Whether a mark is enough for person-level rows, or for counts and sums. */
export function allows(mark: Mark, level: "aggregate" | "rows"): boolean {
  return rank[mark] >= rank[level];
}

/** All tables of the warehouse with their columns, by schema.table. */
export async function tableShapes(database: {rows<T>(sql: string): Promise<T[]>}): Promise<Map<string, TableShape>> {
  const rows = await database.rows<{table: string; name: string; type: string}>(`
    select schema_name || '.' || table_name as "table", column_name as name, data_type as type
    from duckdb_columns() where database_name = current_database() and not internal order by schema_name, table_name, column_index`);
  const shapes = new Map<string, TableShape>();
  for (const {table, name, type} of rows) {
    const shape = shapes.get(table) ?? {table, columns: []};
    shape.columns.push({name, type});
    shapes.set(table, shape);
  }
  return shapes;
}
