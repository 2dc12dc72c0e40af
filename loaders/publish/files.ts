import {existsSync, readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {z} from "zod";
import {checkDefinition, DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import {identifier, slug} from "../../lib/definitions/fields.js";
import {modelColumn} from "../../lib/definitions/model.js";
import {quoteColumn} from "../../lib/sql.js";
import type {TableShape} from "../engine/lineage.js";
import type {GraphNode} from "../engine/node.js";
import {columnMark, holdsPersons} from "./marks.js";

/** The header of a published file's query. */
const publishedHeader = z.strictObject({
  name: slug.describe("the file's name, without its ending"),
  description: z.string().min(1),
  columns: z.record(identifier, modelColumn).default({}),
  people: z
    .union([identifier, z.literal("none"), z.array(identifier).min(1)])
    .optional()
    .describe("the columns that count persons in a row; `none` where rows are no groups of persons"),
  groups: z.array(identifier).optional().describe("columns whose members add up to a known total; default: all texts"),
  when: z.literal("rows").optional().describe("only where person-level rows may be published")
});

export interface PublishedQuery extends z.output<typeof publishedHeader> {
  /** For messages. */
  file: string;
  sql: string;
  /** Whether a share of its rows is worth something: a table of counts is wrong without some of them. */
  mayBeSampled: boolean;
}

/** An analyst's model that is marked for publishing is an Arrow file, too: `derived.loyal.arrow`. */
export function modelQueries(nodes: GraphNode[], shapes: Map<string, TableShape>): PublishedQuery[] {
  return nodes
    .filter(({name, file, header}) => file.startsWith("models/") && header.publish !== "none" && shapes.has(name))
    .map(({name, file, header}) => {
      const shown = shapes.get(name)!.columns.filter((column) => columnMark({header}, column.name) !== "none");
      const columns = Object.fromEntries(shown.map((column) => [column.name, header.columns[column.name] ?? ""]));
      const {description, people, groups = header.key} = header;
      const list = shown.map((column) => quoteColumn(column.name)).join(", ");
      const sql = `select ${list} from ${name}`;
      return {name, file, description, columns, people, groups, sql, mayBeSampled: holdsPersons(header)};
    });
}

const folder = join(import.meta.dirname, "files");

/** The queries whose results are published as Arrow files. Throws DefinitionError. */
export function publishedQueries(path = folder): PublishedQuery[] {
  const mistakes: Mistake[] = [];
  const queries: PublishedQuery[] = [];
  for (const name of existsSync(path) ? readdirSync(path).sort() : []) {
    if (!name.endsWith(".sql")) continue;
    const file = `loaders/publish/files/${name}`;
    const match = /^\/\* ---\n([\s\S]*?)\n--- \*\/\n?([\s\S]*)$/.exec(readFileSync(join(path, name), "utf8"));
    if (!match) {
      mistakes.push({file, line: 1, path: "", message: "no header: begin with /* --- and end it with --- */"});
      continue;
    }
    const {value, mistakes: found} = checkDefinition(file, match[1]!, publishedHeader);
    mistakes.push(...found);
    if (value) queries.push({...value, file, sql: match[2]!.trim().replace(/;\s*$/, ""), mayBeSampled: false});
  }
  if (mistakes.length > 0) throw new DefinitionError(mistakes);
  return queries;
}
