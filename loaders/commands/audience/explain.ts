import {formatId} from "../../../lib/surrogate.js";
import {explainProfile, type Explanation} from "../../audiences/explain.js";
import type {Call} from "../command.js";
import {textTable, toJson} from "../text.js";
import {withSnapshot} from "./open.js";

/** `tenfold audience explain AUDIENCE PROFILE`: why somebody is in or not, and when they were. */
export async function explainMember(call: Call, id: string, person: string): Promise<void> {
  const found = await withSnapshot(call, (database, workspace) => explainProfile(database, workspace, id, person));
  const profile = formatId(found.profileId);
  if (call.json) return call.print(toJson({...found, profileId: profile}));
  await call.print(`${describe(profile, found).join("\n")}\n`);
}

function describe(profile: string, {audience, isMember, arm, nodes, stays, asOf}: Explanation): string[] {
  const lines = [
    `${profile} is ${isMember ? "in" : "not in"} ${audience}${arm ? `, in the arm ${arm}` : ""}, as of ${asOf.toISOString()}`
  ];
  if (nodes.length > 0) lines.push("");
  for (const {depth, holds, words, value} of nodes) {
    const shown =
      value === undefined
        ? ""
        : ` (${value === null ? "nothing there" : value instanceof Date ? value.toISOString() : String(value)})`;
    lines.push(`${"  ".repeat(depth)}${holds ? "✓" : "✗"} ${words}${shown}`);
  }
  if (stays.length > 0) {
    const time = (instant: Date | null) => instant?.toISOString() ?? "";
    lines.push(
      "",
      ...textTable(
        ["entered", "why", "left", "why", "arm", "version"],
        stays.map((stay) => [time(stay.entered_at), stay.reason, time(stay.left_at), stay.left_reason ?? "", stay.arm ?? "", String(stay.version)]) // prettier-ignore
      )
    );
  }
  return lines;
}
