/** What lies beside each file, as `<file>.manifest.json`. */
export interface Manifest {
  file: string;
  rows: number;
  bytes: number;
  sha256: string;
  /** Rows by action. */
  actions: Record<string, number>;
  /** Its place among the delivery's files, from 1. */
  part: number;
  parts: number;
  delivery: string;
  destination: string;
  audience: string;
  audience_version: string;
  campaign: string | null;
  mode: "incremental" | "full";
  /** The instant that the rows describe. */
  as_of: string;
  created_at: string;
  format: string;
  /** In the file's order. */
  schema: {name: string; type: string}[];
}

export function manifestName(file: string): string {
  return `${file}.manifest.json`;
}
