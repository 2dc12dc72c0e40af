import {savedAudience} from "../../audiences/lifecycle.js";
import {judgeAudiences} from "../../audiences/readAudiences.js";
import {readWorkspace} from "../../workspace.js";
import {exit, type Call} from "../command.js";
import {summary} from "../refresh.js";
import {count, textTable, toJson} from "../text.js";
import {withSnapshot} from "./open.js";

/** `tenfold audience evaluate [AUDIENCE]`: a refresh that evaluates audiences whatever their schedule. */
export async function evaluateAudiences(call: Call, id?: string): Promise<number> {
  const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
  if (id !== undefined) savedAudience(judgeAudiences(workspace).audiences, id);
  const {refresh} = await import("../../refresh.js");
  const report = await refresh(workspace, {evaluate: id === undefined ? true : [id], progress: call.progress});
  const sizes = await withSnapshot(call, (database) =>
    database.rows<{audience_id: string; profiles: number; entered: number | null; left: number | null}>(
      `select audience_id, profiles, entered, "left" from derived.audience_counts
       where $id = '' or audience_id = $id order by audience_id`,
      {id: id ?? ""}
    )
  );
  if (call.json) await call.print(toJson({asOf: report.asOf, audiences: sizes}));
  else {
    const table = textTable(
      ["audience", "customers", "entered", "left"],
      sizes.map((row) => [row.audience_id, ...[row.profiles, row.entered ?? 0, row.left ?? 0].map(count)])
    );
    await call.print(`${table.join("\n")}\n\n${summary(report, workspace)}`);
  }
  return report.ok ? exit.done : exit.checks;
}
