import {readWorkspace, showPath} from "../workspace.js";
import {exit, UsageError, workspaceOptions, type Command} from "./command.js";
import {refreshFlags, refreshOptions, summary} from "./refresh.js";
import {plural, toJson} from "./text.js";
import {warnOfDefinitions} from "./warnings.js";

export const buildCommand: Command = {
  name: "build",
  summary: "refresh, then the static site, checked and swapped in whole",
  positionals: [],
  options: {
    ...workspaceOptions,
    ...refreshFlags,
    out: {type: "string", value: "DIR", description: "the folder to write (default dist)"}
  },
  details: ["Exits with 3 when data failed its checks; the site is built all the same and shows what is stale."],
  async run(call) {
    const out = call.text("out") ?? "dist";
    if (out === "") throw new UsageError("--out: expected a folder", "build");
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    const warnings = warnOfDefinitions(workspace, call);
    const options = refreshOptions(call);
    const {refresh} = await import("../refresh.js");
    const report = await refresh(workspace, options);
    const {buildSite} = await import("../site/build.js");
    const site = await buildSite(workspace, {out, progress: call.progress});
    const text = `${plural(site.pages, "page")}, ${plural(site.files, "file")}, ${(site.bytes / 1e6).toFixed(1)} MB in ${showPath(site.out)}\n`;
    await call.print(call.json ? toJson({refresh: report, site, warnings}) : summary(report, workspace) + text);
    return report.ok ? exit.done : exit.checks;
  }
};
