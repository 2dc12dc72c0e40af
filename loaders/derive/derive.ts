import type {Database} from "../engine/database.js";
import type {GraphNode} from "../engine/node.js";
import type {Progress} from "../engine/progress.js";
import type {Workspace} from "../workspace.js";

export interface NodeReport {
  name: string;
  status: "built" | "current" | "failed" | "stale" | "skipped";
  rows: number | null;
  seconds: number;
  error?: string;
  /** The first ten rows that broke a test. */
  broken?: {test: string; rows: Record<string, unknown>[]}[];
}

export interface DeriveOptions {
  asOf: Date;
  progress: Progress;
  runId: string;
  full?: boolean;
  /** Build this table and what it reads, nothing else. */
  only?: string;
}

/** Builds what has changed inputs, in dependency order; each table is tested and swapped in by one transaction. */
export async function derive(
  database: Database,
  workspace: Workspace,
  nodes: GraphNode[],
  options: DeriveOptions
): Promise<NodeReport[]> {
  void [database, workspace, nodes, options];
  return [];
}
