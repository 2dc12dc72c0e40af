import {createHash} from "node:crypto";
import {modelHeader} from "../../lib/definitions/model.js";
import type {z} from "zod";
import type {BuildContext, GraphNode, Made} from "../engine/node.js";

export interface TypescriptModel<Prepared> {
  header: z.input<typeof modelHeader>;
  inputs: string[];
  usesAsOf?: boolean;
  /** Everything but data that decides the rows: the SQL text, or definitions and a number that rises with the code. */
  content: unknown;
  /** See GraphNode. */
  reads?: string;
  prepare?(context: BuildContext): Promise<Prepared>;
  build(context: BuildContext, prepared: Prepared): Promise<void | Made>;
}

/** A model written in TypeScript as a node of the graph. */
export function typescriptModel<Prepared = undefined>({
  header,
  inputs,
  usesAsOf = false,
  content,
  reads,
  prepare,
  build
}: TypescriptModel<Prepared>): GraphNode {
  const checked = modelHeader.parse(header);
  return {
    name: checked.name,
    header: checked,
    file: `built-in ${checked.name}`,
    inputs,
    fingerprint: createHash("sha256").update(JSON.stringify(content)).digest("hex"),
    usesAsOf,
    ...(reads !== undefined && {reads}),
    ...(prepare && {prepare}),
    build: (context, prepared) => build(context, prepared as Prepared)
  };
}
