import {existsSync, readdirSync} from "node:fs";
import {join, resolve} from "node:path";
import {projectRoot, readWorkspace, showPath, workspaceRoot, type Workspace} from "../workspace.js";
import {wholeNumber, workspaceOptions, type Command} from "./command.js";
import {count, plural, toJson} from "./text.js";

export const sampleCommand: Command = {
  name: "sample",
  summary: "write the sample workspace's landing files",
  positionals: [],
  options: {
    ...workspaceOptions,
    customers: {type: "string", value: "N", description: "how many members (default 20,000: a million events)"},
    campaigns: {type: "string", value: "N", description: "how many of the campaigns are mailed (default 3)"},
    seed: {type: "string", value: "N", description: "the same seed gives the same files (default 1)"},
    "if-new": {type: "boolean", description: "only where the definitions are the sample's and nothing has landed yet"}
  },
  async run(call) {
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    if (call.flag("if-new") && !isNew(workspace))
      return call.json ? await call.print(toJson({written: false})) : undefined;
    const {writeSample} = await import("../sample/sample.js");
    const report = await writeSample(workspace, {
      customers: wholeNumber(call, "customers", 1),
      campaigns: wholeNumber(call, "campaigns"),
      seed: wholeNumber(call, "seed"),
      progress: call.progress
    });
    const {out, files, rows, bytes} = report;
    await call.print(
      call.json
        ? toJson({written: true, out, files, rows, bytes})
        : `${plural(files, "file")}, ${count(rows)} rows, ${(bytes / 1e6).toFixed(1)} MB in ${showPath(out)}\n`
    );
  }
};

// The project's own workspace holds the sample's definitions until somebody writes their own there.
function isNew(workspace: Workspace): boolean {
  if (resolve(workspace.root) !== workspaceRoot(join(projectRoot, "data"))) return false;
  const isSample = ["members", "purchases", "miles", "mail"].every((id) => workspace.sources.some((s) => s.id === id));
  return isSample && (!existsSync(workspace.landing) || visible(workspace.landing).length === 0);
}

function visible(folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith("."));
}
