import {readFileSync} from "node:fs";
import {basename} from "node:path";
import {previewAudience, previewCount, type Preview, type PreviewCount} from "../../audiences/preview.js";
import type {Call} from "../command.js";
import {count, textTable, toJson} from "../text.js";
import {withSnapshot} from "./open.js";

/** `tenfold audience preview FILE`: counts a definition exactly, in the warehouse. */
export async function previewFile(call: Call, file: string): Promise<void> {
  const text = read(file);
  const id = basename(file).replace(/\.ya?ml$/, "");
  const given = {id: file === "-" ? "" : id, file: file === "-" ? "stdin" : file, text};
  if (call.json && !call.flag("detail")) {
    return call.print(toJson(await withSnapshot(call, (database, workspace) => counted(database, workspace, given))));
  }
  const preview = await withSnapshot(call, (database, workspace) => previewAudience(database, workspace, given));
  if (!call.json) return call.print(`${describe(preview).join("\n")}\n`);
  const {count: members, value, asOf, method, ...more} = preview;
  await call.print(toJson({count: members, value, asOf, method, ...more}));
}

async function counted(...question: Parameters<typeof previewCount>): Promise<PreviewCount> {
  const {count: members, value, asOf, method} = await previewCount(...question);
  return {count: members, value, asOf, method};
}

function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    throw new Error(code === "ENOENT" ? `no such file: ${file}` : `${file}: ${message}`, {cause: error});
  }
}

function describe({
  count: n,
  value,
  asOf,
  metric,
  lookback,
  base,
  sentence,
  ids,
  arms,
  reach,
  funnel
}: Preview): string[] {
  const share = (part: number, whole: number) => (whole > 0 ? ` (${((100 * part) / whole).toFixed(1)}%)` : "");
  const lines = [
    sentence,
    "",
    `${count(n)} of ${count(base.count)} customers${share(n, base.count)}, ${metric} over ${lookback} ${count(value)}${share(value, base.value)}`,
    `exact, as of ${asOf.toISOString()}`
  ];
  if (ids) lines.push(`${count(ids.ids)} ids in the file, ${count(ids.unmatched)} of them name nobody`);
  if (funnel) lines.push("", ...funnelTable(funnel));
  if (arms.length > 0) lines.push("", ...textTable(["arm", "customers"], arms.map((one) => [one.arm ?? "", count(one.count)]))); // prettier-ignore
  if (reach.length > 0) {
    lines.push(
      "",
      ...textTable(["channel", "", "customers"], reach.map((one) => [one.channel, one.reason.replaceAll("_", " "), count(one.count)])) // prettier-ignore
    );
  }
  return lines;
}

/** Each part of the rule: how many it keeps by itself, and what is left after it and those above it. */
function funnelTable(funnel: NonNullable<Preview["funnel"]>): string[] {
  const rows = funnel.map(({says, depth, count: alone, left, reached = {}}) => {
    const steps = Object.entries(reached).map(([step, n]) => `${count(n)} as far as step ${step}`);
    return [
      `${"  ".repeat(depth)}${says}${steps.length > 0 ? ` (${steps.join(", ")})` : ""}`,
      count(alone),
      left === undefined ? "" : count(left)
    ];
  });
  return textTable(["part of the rule", "by itself", "left"], rows);
}
