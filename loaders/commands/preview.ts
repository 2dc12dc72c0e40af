import {readWorkspace} from "../workspace.js";
import {UsageError, wholeNumber, workspaceOptions, type Command} from "./command.js";
import {toJson} from "./text.js";
import {warnOfDefinitions} from "./warnings.js";

export const previewCommand: Command = {
  name: "preview",
  summary: "refresh, then the live notebook, on loopback",
  positionals: [],
  options: {
    ...workspaceOptions,
    port: {type: "string", value: "N", description: "the port to listen on (default: a free one from 3000)"}
  },
  details: ["What changes in the workspace, in lib/ or in a page is shown without a restart. Ctrl-C ends it."],
  async run(call) {
    const port = wholeNumber(call, "port", 1);
    if (port !== undefined && port > 65_535) throw new UsageError(`--port ${port}: expected a number up to 65535`);
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    warnOfDefinitions(workspace, call);
    const {previewSite} = await import("../site/preview.js");
    await previewSite(workspace, {
      port,
      progress: call.progress,
      signal: call.signal,
      ready: (url) => void call.print(call.json ? toJson({url}) : `the notebook is at ${url}\n`)
    });
  }
};
