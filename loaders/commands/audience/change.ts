import {existsSync} from "node:fs";
import {changeState} from "../../audiences/lifecycle.js";
import {lastRuns} from "../../audiences/ledgerTables.js";
import {openSnapshot} from "../../engine/snapshot.js";
import {statePaths} from "../../engine/warehouse.js";
import {readWorkspace, type Workspace} from "../../workspace.js";
import type {Call} from "../command.js";
import {toJson} from "../text.js";

/** `tenfold audience publish|deactivate|delete AUDIENCE`: a checked step of an audience's life. */
export function changeAudience(to: "published" | "inactive" | "deleted") {
  return async (call: Call, id: string): Promise<void> => {
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    const from = changeState(workspace, id, to, await recorded(workspace));
    const message = `audience "${id}" was ${from} and is ${to}: the next refresh ${to === "published" ? "begins" : "ends"} its stays`;
    await call.print(call.json ? toJson({audience: id, from, to}) : `${message}\n`);
  };
}

async function recorded(workspace: Workspace) {
  if (!existsSync(statePaths(workspace).snapshot)) return undefined;
  const database = await openSnapshot(workspace);
  try {
    return await lastRuns(database!).catch(() => undefined);
  } finally {
    database?.close();
  }
}
