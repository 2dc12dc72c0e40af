import {randomUUID} from "node:crypto";
import {audienceNodes} from "./audiences/audiences.js";
import {derive, type NodeReport} from "./derive/derive.js";
import {modelNodes} from "./derive/models.js";
import {asOfInstant} from "./engine/asOf.js";
import {silent, type Progress} from "./engine/progress.js";
import {openWarehouse, workspaceKey} from "./engine/warehouse.js";
import {ingest, type IngestReport} from "./ingest/ingest.js";
import {publish, type PublishReport} from "./publish/publish.js";
import type {Workspace} from "./workspace.js";

export interface RefreshOptions {
  asOf?: string;
  full?: boolean;
  only?: string;
  dryRun?: boolean;
  retry?: boolean;
  progress?: Progress;
}

export interface RefreshReport {
  runId: string;
  asOf: Date;
  ingest: IngestReport;
  nodes: NodeReport[];
  publish?: PublishReport;
}

/** Brings a workspace up to date: land, ingest, derive, publish. */
export async function refresh(workspace: Workspace, options: RefreshOptions = {}): Promise<RefreshReport> {
  const {progress = silent, ...rest} = options;
  const runId = randomUUID();
  const database = await openWarehouse(workspace);
  try {
    const taken = await ingest(database, workspace, {
      progress,
      key: workspaceKey(workspace),
      dryRun: rest.dryRun,
      retry: rest.retry
    });
    const asOf = await asOfInstant(database, workspace, rest.asOf);
    if (rest.dryRun) return {runId, asOf, ingest: taken, nodes: []};
    const nodes = [...(await modelNodes(database, workspace)), ...(await audienceNodes(workspace))];
    const built = await derive(database, workspace, nodes, {asOf, progress, runId, full: rest.full, only: rest.only});
    const published = await publish(database, workspace, nodes, {asOf, progress, runId});
    return {runId, asOf, ingest: taken, nodes: built, publish: published};
  } finally {
    database.close();
  }
}
