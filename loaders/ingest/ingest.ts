import type {Database} from "../engine/database.js";
import {mergeRowGroups} from "../engine/rowGroups.js";
import {bumpVersion} from "../engine/versions.js";
import type {Workspace} from "../workspace.js";
import {checkSources} from "./compile.js";
import {listLanding} from "./listing.js";
import {createLookup} from "./lookups.js";
import type {BatchReport, IngestOptions, IngestReport} from "./report.js";
import {ingestSource} from "./source.js";
import {createTables, numberProfiles, propertiesType, widenProperties} from "./tables.js";

/** Takes in what has landed: every new or changed file of every source, each in a transaction of its own. */
export async function ingest(database: Database, workspace: Workspace, options: IngestOptions): Promise<IngestReport> {
  await checkSources(database, workspace.sources);
  const properties = propertiesType(workspace.sources);
  await createTables(database, properties);
  let changed = await database.transaction(async () => {
    const widened = await widenProperties(database, properties);
    if (widened) await bumpVersion(database, "core.events");
    const numbered = await numberProfiles(database);
    return widened || numbered;
  });
  const landed = listLanding(workspace.landing);
  const batches: BatchReport[] = [];
  // Lookups first: amounts in other currencies need the rates.
  const lookups = workspace.sources.filter((source) => source.kind === "lookup");
  const others = workspace.sources.filter((source) => source.kind !== "lookup");
  for (const source of lookups) await createLookup(database, source);
  try {
    for (const source of [...lookups, ...others]) {
      batches.push(...(await ingestSource({database, workspace, properties, landed, options}, source)));
    }
  } finally {
    await mergeRowGroups(database);
  }
  changed ||= batches.some(({outcome}) => outcome === "new" || outcome === "withdrawn");
  return {batches, changed};
}
