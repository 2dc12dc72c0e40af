import type {Database} from "../../engine/database.js";
import {openSnapshot} from "../../engine/snapshot.js";
import {readWorkspace, showPath, tenfold, type Workspace} from "../../workspace.js";
import type {Call} from "../command.js";

/** Does something with the workspace and what its last refresh left. Throws before the first refresh. */
export async function withSnapshot<T>(
  call: Call,
  work: (database: Database, workspace: Workspace) => Promise<T>
): Promise<T> {
  const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
  const database = await openSnapshot(workspace);
  if (!database)
    throw new Error(`nothing in ${showPath(workspace.warehouse)} yet: run \`${tenfold(workspace.root, "refresh")}\``);
  try {
    return await work(database, workspace);
  } finally {
    database.close();
  }
}
