import type {RefreshReport} from "../refresh.js";
import {readWorkspace, showPath, tenfold, type Workspace} from "../workspace.js";
import {exit, UsageError, workspaceOptions, type Call, type Command} from "./command.js";
import {asOfText, count, plural, textTable, toJson} from "./text.js";
import {warnOfDefinitions} from "./warnings.js";

/** What `refresh` and `build` share. */
export const refreshFlags: Command["options"] = {
  full: {type: "boolean", description: "rebuild every table and partition"},
  "as-of": {type: "string", value: "DATE", description: "describe the end of this day (YYYY-MM-DD)"},
  only: {type: "string", value: "MODEL", description: "build this table and what it reads, nothing else"},
  retry: {type: "boolean", description: "try failed batches again although nothing about them changed"}
};

export const refreshCommand: Command = {
  name: "refresh",
  summary: "take in what has landed, run what is due, publish",
  positionals: [],
  options: {
    ...workspaceOptions,
    ...refreshFlags,
    "dry-run": {type: "boolean", description: "say what would be taken in; change nothing"}
  },
  details: ["Exits with 3 when data failed its checks; whatever is good is published all the same."],
  async run(call) {
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    const warnings = warnOfDefinitions(workspace, call);
    const options = refreshOptions(call);
    const {refresh} = await import("../refresh.js");
    const report = await refresh(workspace, options);
    await call.print(call.json ? toJson({...report, warnings}) : summary(report, workspace, call.flag("dry-run")));
    return report.ok ? exit.done : exit.checks;
  }
};

/** What `refresh` and `build` hand on to a refresh. Throws UsageError. */
export function refreshOptions(call: Call) {
  const asOf = call.text("as-of");
  if (asOf !== undefined && !isDate(asOf)) throw new UsageError(`--as-of ${asOf}: expected a date such as 2025-12-31`);
  return {
    asOf,
    full: call.flag("full"),
    only: call.text("only"),
    dryRun: call.flag("dry-run"),
    retry: call.flag("retry"),
    progress: call.progress
  };
}

/** A refresh, in a few lines for people. */
export function summary(
  report: RefreshReport,
  {time_zone, root, landing}: Pick<Workspace, "time_zone" | "root" | "landing">,
  dryRun = false
): string {
  const {batches} = report.ingest;
  const taken = batches.filter((batch) => batch.outcome !== "unchanged");
  const lines: string[] = [];
  if (taken.length > 0) {
    lines.push(
      ...textTable(
        [
          "source",
          "file",
          dryRun ? "would be" : "outcome",
          "rows",
          "loaded",
          "rejected",
          "duplicates",
          "skipped",
          "events"
        ],
        taken.map((b) => [
          b.source,
          b.file,
          b.outcome,
          ...[b.rows, b.loaded, b.rejected, b.duplicates, b.skipped, b.events].map(count)
        ])
      ),
      ""
    );
    for (const batch of taken) if (batch.error) lines.push(`${batch.file}: ${batch.error}`);
  }
  const [refused, known] = [true, false].map((failed) =>
    batches.filter((batch) => batch.outcome === "unchanged" && (batch.error !== undefined) === failed)
  ) as [typeof batches, typeof batches];
  if (known.length > 0) lines.push(`${plural(known.length, "file")} unchanged: taken in before`);
  if (refused.length > 0)
    lines.push(`${plural(refused.length, "file")} unchanged: failed before, see \`${tenfold(root, "status")}\``);
  if (batches.length === 0) lines.push(`nothing has landed: no source finds a file in ${showPath(landing)}`);
  for (const node of report.nodes) {
    if (node.status === "failed") lines.push(`${node.name} failed: ${node.error ?? "see its tests"}`);
    for (const {test, rows} of node.broken ?? []) {
      lines.push(`  ${test}; the first rows that break it:`);
      for (const row of rows) lines.push(`    ${toJson(row, 0).trim()}`);
    }
  }
  if (report.recordsLost) lines.push("the records were lost: every audience was evaluated again and begins anew");
  for (const {audience, reason} of report.failedAudiences ?? []) lines.push(`audience ${audience} failed: ${reason}`);
  const with_ = (status: string) => report.nodes.filter((node) => node.status === status);
  const stale = with_("stale");
  if (stale.length > 0) lines.push(`stale, left as they were: ${stale.map((node) => node.name).join(", ")}`);
  if (report.nodes.length > 0) {
    lines.push(`${plural(with_("built").length, "table")} built, ${with_("current").length} current`);
  }
  for (const made of report.deliveries ?? []) {
    const told = `added ${count(made.added)}, updated ${count(made.updated)}, removed ${count(made.removed)}`;
    lines.push(`${made.audience} to ${made.destination}: ${made.status}, ${made.error ?? told}`);
  }
  if (report.publish?.changed) {
    const bytes = report.publish.files.reduce((sum, file) => sum + file.bytes, 0);
    lines.push(`${plural(report.publish.files.length, "file")} published, ${(bytes / 1e6).toFixed(1)} MB`);
  }
  lines.push(`as of ${asOfText(report.asOf, time_zone)}, ${report.seconds.toFixed(1)} s`);
  return `${lines.join("\n")}\n`;
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
