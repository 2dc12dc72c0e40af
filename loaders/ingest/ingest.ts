import type {Database} from "../engine/database.js";
import type {Progress} from "../engine/progress.js";
import type {Workspace} from "../workspace.js";

/** One row of `landing.batches`, as a refresh reports it. */
export interface BatchReport {
  batch_id: number | null;
  source: string;
  file: string;
  /** `new`: taken in now; `unchanged`: known already; `failed`; `withdrawn`: replaced by other bytes; `waiting`: still being written. */
  outcome: "new" | "unchanged" | "failed" | "withdrawn" | "waiting";
  rows: number;
  loaded: number;
  rejected: number;
  duplicates: number;
  skipped: number;
  events: number;
  error?: string;
}

export interface IngestReport {
  batches: BatchReport[];
  /** Whether any table changed. */
  changed: boolean;
}

export interface IngestOptions {
  progress: Progress;
  /** The workspace's secret, for identity ids. */
  key: string;
  /** Say what would happen; change nothing. */
  dryRun?: boolean;
  /** Try failed batches again although file and definition are the same. */
  retry?: boolean;
}

/** Takes in what has landed: every new or changed file of every source, each in a transaction of its own. */
export async function ingest(database: Database, workspace: Workspace, options: IngestOptions): Promise<IngestReport> {
  void [database, workspace, options];
  return {batches: [], changed: false};
}
