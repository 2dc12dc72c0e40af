import {spawn} from "node:child_process";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import {stripVTControlCharacters} from "node:util";
import {projectRoot, type Workspace} from "../workspace.js";
import {frameworkBin} from "./paths.js";

export interface FrameworkRun {
  code: number | null;
  /** Everything that it wrote to stdout and stderr, colours removed. */
  log: string;
}

const noNetwork = pathToFileURL(join(import.meta.dirname, "noNetwork.mjs")).href;

/** The environment in which Framework and its loaders serve one workspace. */
export function siteEnvironment(workspace: Workspace, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    OBSERVABLE_TELEMETRY_DISABLE: "true",
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import ${noNetwork}`.trim(),
    TENFOLD_REFRESHED: "true",
    TENFOLD_DATA: workspace.root,
    TENFOLD_LANDING: workspace.landing,
    PATH: `${projectRoot}/node_modules/.bin:${process.env.PATH ?? ""}`,
    ...more
  };
}

/** Runs `observable build` in a process of its own. */
export async function frameworkBuild(workspace: Workspace, out: string, onLine: (line: string) => void) {
  return await new Promise<FrameworkRun>((resolve, reject) => {
    const child = spawn(process.execPath, [frameworkBin, "build"], {
      cwd: projectRoot,
      env: siteEnvironment(workspace, {TENFOLD_OUT: out, NO_COLOR: "1"}),
      stdio: ["ignore", "pipe", "pipe"]
    });
    let log = "";
    const take = (chunk: Buffer) => {
      const text = stripVTControlCharacters(chunk.toString());
      log += text;
      for (const line of text.split("\n")) if (line.trim()) onLine(line.trim());
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("close", (code) => resolve({code, log}));
  });
}
