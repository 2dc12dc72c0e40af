import {modelHeader, type ModelHeader} from "../../lib/definitions/model.js";
import type {z} from "zod";
import type {BuildContext, GraphNode} from "../engine/node.js";
import {fingerprint} from "./fingerprint.js";

/** A node of audiences, as little as has to be said of it. */
export interface AudienceTable {
  header: z.input<typeof modelHeader>;
  inputs: string[];
  usesAsOf?: boolean;
  tolerates?: string[];
  /** Everything but data that decides the result. */
  content: unknown;
  build(context: BuildContext): Promise<void>;
}

/** Makes a node of the graph; its file is named for its table. */
export function audienceNode(
  file: string,
  {header, inputs, usesAsOf = false, tolerates, content, build}: AudienceTable
): GraphNode {
  const parsed: ModelHeader = modelHeader.parse(header);
  return {
    name: parsed.name,
    header: parsed,
    file: `loaders/audiences/${file}`,
    inputs: [...new Set(inputs)],
    fingerprint: fingerprint(content),
    usesAsOf,
    tolerates,
    build
  };
}

/** A node that is one query. */
export function queryNode(
  file: string,
  {header, inputs, sql, ...more}: Omit<AudienceTable, "build" | "content"> & {sql: string}
): GraphNode {
  return audienceNode(file, {
    header,
    inputs,
    content: sql,
    ...more,
    async build({database, asOf}) {
      const parameters = more.usesAsOf && sql.includes("$asOf") ? {asOf} : undefined;
      await database.run(`create table ${header.name}__new as ${sql}`, parameters);
    }
  });
}
