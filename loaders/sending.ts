import {activate, destinationOf, type ActivateOptions, type ActivateReport} from "./activate/activate.js";
import {remakeViews} from "./activate/ledger/view.js";
import {activationNodes} from "./activate/nodes.js";
import {openDestination} from "./activate/open.js";
import {settle, type SettleOptions} from "./activate/settle.js";
import type {Database} from "./engine/database.js";
import {withLock} from "./engine/lock.js";
import {copyRecords, snapshotOf} from "./engine/snapshot.js";
import {openWarehouse, statePaths} from "./engine/warehouse.js";
import type {Workspace} from "./workspace.js";

/** Sends an audience to a destination, under the workspace's lock, and leaves a copy of the records for readers. */
export async function sendAudience(workspace: Workspace, options: ActivateOptions): Promise<ActivateReport> {
  return await locked(workspace, (database) => activate(database, workspace, options));
}

/** Says what became of rows whose end is not known; returns how many. */
export async function settleRows(workspace: Workspace, options: SettleOptions): Promise<number> {
  return await locked(workspace, (database) => settle(database, workspace, options));
}

/** Looks whether a destination is there and lets us in. Throws DeliveryError. */
export async function checkDestination(workspace: Workspace, id: string): Promise<string> {
  const destination = await openDestination(destinationOf(workspace, id), {root: workspace.root});
  try {
    return await destination.health();
  } finally {
    await destination.close();
  }
}

async function locked<T>(workspace: Workspace, work: (database: Database) => Promise<T>): Promise<T> {
  return await withLock(statePaths(workspace).lock, {}, async () => {
    const database = await openWarehouse(workspace);
    try {
      const result = await work(database);
      // Of the warehouse itself only versions have changed, which the next refresh goes by, and readers do not: unless an
      // earlier version made its views.
      if (await remakeViews(database, activationNodes(workspace))) await snapshotOf(database, workspace).take();
      else await copyRecords(database, workspace);
      return result;
    } finally {
      database.close();
    }
  });
}
