import {localDate} from "../../../lib/calendar.js";
import type {Call} from "../command.js";
import {count, textTable, toJson} from "../text.js";
import {withSnapshot} from "./open.js";

interface Listed {
  audience_id: string;
  name: string;
  state: string;
  profiles: number;
  change: number | null;
  evaluated_as_of: Date | null;
  next_due_at: Date | null;
  unmatched: number | null;
  failure: string | null;
  used_by: string;
}

/** `tenfold audience list`: the saved audiences as the last refresh found them. */
export async function listAudiences(call: Call): Promise<void> {
  await withSnapshot(call, async (database, workspace) => {
    const rows = await database.rows<Listed>("from derived.audience_counts order by audience_id");
    const known = new Set(rows.map((row) => row.audience_id));
    const unseen = workspace.audiences.filter(({id}) => !known.has(id)).map(({id}) => id);
    if (call.json) return await call.print(toJson({audiences: rows.map(asJson), not_refreshed: unseen}));
    const day = (instant: Date | null) =>
      instant ? localDate(new Date(instant.getTime() - 1), workspace.time_zone) : "";
    const table = textTable(
      ["audience", "name", "state", "customers", "change", "last run for", "used by"],
      rows.map((row) => [
        row.audience_id,
        row.name,
        row.failure === null ? row.state : `${row.state}, failed`,
        count(row.profiles),
        row.change === null ? "" : count(row.change),
        day(row.evaluated_as_of),
        row.used_by.replaceAll(",", ", ")
      ])
    );
    const lines = rows.length > 0 ? table : ["no audience is saved"];
    const failed = rows.filter(({failure}) => failure !== null);
    if (failed.length > 0) lines.push("", ...failed.map((row) => `${row.audience_id} failed: ${row.failure}`));
    if (unseen.length > 0) lines.push("", `not refreshed yet: ${unseen.join(", ")}`);
    await call.print(`${lines.join("\n")}\n`);
  });
}

function asJson({used_by, ...row}: Listed): object {
  return {...row, used_by: used_by === "" ? [] : used_by.split(",")};
}
