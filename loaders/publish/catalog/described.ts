import type {ModelHeader} from "../../../lib/definitions/model.js";
import type {GraphNode} from "../../engine/node.js";

/** A table of the warehouse, as pages tell of it. */
export interface Described {
  name: string;
  /** Who makes it: `ingest`, a `sql` model or a built-in `typescript` one. */
  kind: "ingest" | "sql" | "typescript";
  header?: ModelHeader;
  node?: GraphNode;
  description: string;
  grain: string;
  key: string[];
  file: string;
  rows: number | null;
  status: "current" | "stale" | "missing";
  stale_reason: string | null;
}
