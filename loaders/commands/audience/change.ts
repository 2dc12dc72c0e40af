import {changeState} from "../../audiences/lifecycle.js";
import {recordedRuns} from "../../audiences/ledgerTables.js";
import {readWorkspace} from "../../workspace.js";
import {UsageError, type Call} from "../command.js";
import {toJson} from "../text.js";

/** `tenfold audience publish|deactivate|delete AUDIENCE`: a checked step of an audience's life. */
export function changeAudience(to: "published" | "inactive" | "deleted") {
  return async (call: Call, id: string): Promise<void> => {
    const replaceBy = call.text("replace-by");
    if (replaceBy !== undefined && to !== "deleted") {
      throw new UsageError("--replace-by goes with delete: what takes the deleted audience's place", "audience");
    }
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    const {from, replaced} = changeState(workspace, id, to, {last: await recordedRuns(workspace), replaceBy});
    const lines = [
      `audience "${id}" was ${from} and is ${to}: the next refresh ${to === "published" ? "begins" : "ends"} its stays`,
      ...replaced.map(({file}) => `${file} names "${replaceBy}" instead`)
    ];
    await call.print(call.json ? toJson({audience: id, from, to, replaced}) : `${lines.join("\n")}\n`);
  };
}
