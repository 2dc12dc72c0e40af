import {addDays, startOfDate} from "../../../lib/calendar.js";
import {formatId} from "../../../lib/surrogate.js";
import {savedAudience} from "../../audiences/lifecycle.js";
import {judgeAudiences} from "../../audiences/readAudiences.js";
import {UsageError, wholeNumber, type Call} from "../command.js";
import {count, textTable, toJson} from "../text.js";
import {withSnapshot} from "./open.js";

interface Member {
  profile_id: bigint | number;
  arm: string | null;
  entered_at: Date | null;
  reason: string | null;
}

/** `tenfold audience members AUDIENCE`: who is in, or was at the end of a day. */
export async function listMembers(call: Call, id: string): Promise<void> {
  const format = call.text("format") ?? "table";
  if (format !== "table" && format !== "csv")
    throw new UsageError(`--format ${format}: expected table or csv`, "audience");
  const limit = wholeNumber(call, "limit") ?? 40;
  await withSnapshot(call, async (database, workspace) => {
    const day = call.text("at");
    if (day !== undefined && !isDate(day)) throw new UsageError(`--at ${day}: expected a date such as 2026-03-31`);
    // Of the past the ledger knows audiences, too, that are no longer saved.
    if (day === undefined) savedAudience(judgeAudiences(workspace).audiences, id);
    const now = `
      select now.profile_id, now.arm, stays.entered_at, stays.reason
      from derived.audience_now as now
      left join derived.audience_members as stays
        on stays.audience_id = now.audience_id and stays.profile_id = now.profile_id and stays.left_at is null
      where now.audience_id = $id order by now.profile_id`;
    const then = `
      select profile_id, arm, entered_at, reason from derived.audience_members
      where audience_id = $id and entered_at <= $at and (left_at is null or left_at > $at) order by profile_id`;
    const rows =
      day === undefined
        ? await database.rows<Member>(now, {id})
        : await database.rows<Member>(then, {id, at: startOfDate(addDays(day, 1), workspace.time_zone)});
    const members = rows.map((row) => ({...row, profile_id: formatId(BigInt(row.profile_id))}));
    if (call.json) return await call.print(toJson(members));
    const cells = members.map((row) => [
      row.profile_id,
      row.arm ?? "",
      row.entered_at?.toISOString() ?? "",
      row.reason ?? ""
    ]);
    const header = ["profile_id", "arm", "entered_at", "reason"];
    if (format === "csv") return await call.print([header, ...cells].map((row) => `${row.join(",")}\n`).join(""));
    const shown = limit === 0 ? cells : cells.slice(0, limit);
    const foot =
      shown.length < cells.length
        ? `showing ${count(shown.length)} of ${count(cells.length)} members`
        : `${count(cells.length)} members`;
    await call.print(`${[...textTable(header, shown), foot].join("\n")}\n`);
  });
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
