import {modelHeader} from "../../lib/definitions/model.js";
import type {z} from "zod";
import {fingerprintOf} from "./fingerprintOf.js";
import type {BuildContext, GraphNode, Made} from "./node.js";

/** What has to be said of a model written in TypeScript; for the rest see GraphNode. */
export interface TypescriptModel<Prepared> extends Pick<GraphNode, "inputs" | "tolerates" | "sql" | "reads"> {
  header: z.input<typeof modelHeader>;
  /** Where it is written; default: that it is built in. */
  file?: string;
  usesAsOf?: boolean;
  /** Everything but data that decides the rows: the SQL text, or definitions and a number that rises with the code. */
  content: unknown;
  prepare?(context: BuildContext): Promise<Prepared>;
  build(context: BuildContext, prepared: Prepared): Promise<void | Made>;
}

/** A model written in TypeScript as a node of the graph. */
export function typescriptModel<Prepared = undefined>({
  header,
  file,
  inputs,
  usesAsOf = false,
  content,
  build,
  ...more
}: TypescriptModel<Prepared>): GraphNode {
  const checked = modelHeader.parse(header);
  return {
    name: checked.name,
    header: checked,
    file: file ?? `built-in ${checked.name}`,
    inputs: [...new Set(inputs)],
    fingerprint: fingerprintOf(content),
    usesAsOf,
    build: (context, prepared) => build(context, prepared as Prepared),
    ...more
  };
}
