import type {Progress} from "../engine/progress.js";

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
  /** Try failed batches again although file and definition are the same. */
  retry?: boolean;
}
