import type {Database} from "../engine/database.js";
import type {Progress} from "../engine/progress.js";
import {bumpVersion} from "../engine/versions.js";
import type {Workspace} from "../workspace.js";
import {checkSources} from "./compile.js";
import {listLanding} from "./listing.js";
import {createLookup} from "./lookups.js";
import {ingestSource} from "./source.js";
import {createTables, propertiesType, widenProperties} from "./tables.js";

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

/** Takes in what has landed: every new or changed file of every source, each in a transaction of its own. */
export async function ingest(database: Database, workspace: Workspace, options: IngestOptions): Promise<IngestReport> {
  await checkSources(database, workspace.sources);
  const properties = propertiesType(workspace.sources);
  await createTables(database, properties);
  let changed = await database.transaction(async () => {
    const widened = await widenProperties(database, properties);
    if (widened) await bumpVersion(database, "core.events");
    return widened;
  });
  const landed = listLanding(workspace.landing);
  const batches: BatchReport[] = [];
  // Lookups first: amounts in other currencies need the rates.
  const lookups = workspace.sources.filter((source) => source.kind === "lookup");
  const others = workspace.sources.filter((source) => source.kind !== "lookup");
  for (const source of lookups) await createLookup(database, source);
  for (const source of [...lookups, ...others]) {
    batches.push(...(await ingestSource({database, workspace, properties, landed, options}, source)));
  }
  changed ||= batches.some(({outcome}) => outcome === "new" || outcome === "withdrawn");
  return {batches, changed};
}
