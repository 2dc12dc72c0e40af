import {spawn, type ChildProcess} from "node:child_process";
import {createServer} from "node:net";
import {join} from "node:path";
import {silent, type Progress} from "../engine/progress.js";
import {publishedFolder} from "../publish/published.js";
import {refresh} from "../refresh.js";
import {startCompanion, type Companion} from "../serve/companion.js";
import {projectRoot, shownData, type Workspace} from "../workspace.js";
import {sitePages, workspaceName} from "./config.js";
import {siteEnvironment} from "./framework.js";
import {placeOutputs, touchLoaders} from "./outputs.js";
import {frameworkBin} from "./paths.js";
import {watch, watchFiles} from "./watch.js";

export interface PreviewOptions {
  port?: number;
  progress?: Progress;
  /** Ends the preview. */
  signal?: AbortSignal;
  /** Called when pages can be opened. */
  ready?: (url: string) => void;
}

/**
 * Refreshes, then serves the live notebook on loopback until the signal comes: what changes in the workspace, in `lib`
 * or in a page is shown without a restart. A refresh that fails says so; the last good numbers stay. Beside it runs the
 * companion, through which pages write definitions and ask the warehouse.
 */
export async function previewSite(workspace: Workspace, options: PreviewOptions = {}): Promise<void> {
  const {progress = silent, signal} = options;
  await refresh(workspace, {progress}).catch((error: Error) => progress.warn(`refresh failed: ${error.message}`));
  if (publishedFolder(workspace.warehouse) === undefined) {
    throw new Error("nothing to show: the first refresh did not publish anything");
  }
  placeOutputs(workspace, "preview");
  const port = options.port ?? (await freePort());
  const companion = await startCompanion(workspace, {pages: port, progress});
  const server = servePages(workspace, port, companion, progress);
  let problem: string | undefined;
  const state = watchFiles(stateFolders(workspace), async () => {
    problem = await refreshAgain(workspace, progress, problem, signal);
  });
  // Its own title and its neighbours' stand on every page.
  const titles = watch(
    () => JSON.stringify([workspaceName(workspace.root), sitePages()]),
    async () => touchLoaders("config")
  );
  try {
    await server.ready;
    options.ready?.(`http://127.0.0.1:${port}/`);
    await Promise.race([server.ended, aborted(signal)]);
  } finally {
    state.close();
    titles.close();
    server.child.kill();
    await companion.close();
    await server.ended.catch(() => {});
  }
}

/** Everything that decides the numbers: definitions, landed files, and the code that reads them. */
function stateFolders(workspace: Workspace) {
  return [
    {path: workspace.root, except: /^(warehouse|landing)(\/|$)/},
    {path: workspace.landing, except: /(^|\/)\.|\.(part|tmp)$/},
    {path: join(projectRoot, "lib")},
    ...["ingest", "derive", "audiences", "publish", "engine"].map((name) => ({
      path: join(projectRoot, "loaders", name)
    }))
  ];
}

// In a process of its own: changed modules are read anew, and a crash cannot take the preview with it. Returns what
// pages say is wrong.
async function refreshAgain(workspace: Workspace, progress: Progress, shown?: string, signal?: AbortSignal) {
  const before = publishedFolder(workspace.warehouse);
  const args = ["refresh", "--data", workspace.root, "--landing", workspace.landing];
  const child = spawn(process.execPath, [join(projectRoot, "loaders/tenfold.js"), ...args], {
    cwd: projectRoot,
    env: siteEnvironment(workspace),
    stdio: ["ignore", "ignore", "pipe"],
    signal
  });
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    said += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on("error", () => resolve(null));
    child.on("close", resolve);
  });
  if (signal?.aborted) return shown;
  if (code !== 0) progress.warn(`refresh ended with exit code ${code}: what failed is shown as it was before`);
  // What failed its checks is published as such: pages know it.
  const problem = code === 0 || code === 3 ? undefined : problemOf(said);
  if (publishedFolder(workspace.warehouse) === before && problem === shown) return problem;
  touchLoaders("data");
  placeOutputs(workspace, "preview", problem);
  progress.note("pages updated");
  return problem;
}

/** The line of what a failed refresh wrote that tells a reader most: the first wrong definition, else its last word. */
function problemOf(said: string): string {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  const mistakes = lines.filter((line) => /^(tenfold: )?\S+\.(yaml|sql)(:\d+)?: /.test(line));
  const [first = lines.at(-1) ?? "no reason given"] = mistakes;
  const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more)` : "";
  return `the refresh failed, older numbers are shown: ${first.replace("tenfold: ", "")}${more}`;
}

function servePages(workspace: Workspace, port: number, {url, token}: Companion, progress: Progress) {
  const args = ["preview", "--no-open", "--host", "127.0.0.1", "--port", String(port)];
  const child: ChildProcess = spawn(process.execPath, [frameworkBin, ...args], {
    cwd: projectRoot,
    env: siteEnvironment(workspace, {
      NO_COLOR: "1",
      TENFOLD_COMPANION: `${url}#${token}`,
      TENFOLD_SHOWN: shownData(workspace.root) ?? ""
    }),
    stdio: ["ignore", "pipe", "pipe"]
  });
  let isReady: () => void;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killed) => {
      if (code === 0 || killed) resolve();
      else reject(new Error(`the preview server ended with exit code ${code}`));
    });
  });
  child.stdout!.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes(`:${port}/`)) isReady();
  });
  child.stderr!.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().split("\n")) if (line.trim()) progress.warn(line.trimEnd());
  });
  return {child, ready: Promise.race([ready, ended]), ended};
}

async function freePort(first = 3000): Promise<number> {
  for (let port = first; port < first + 100; ++port) if (await isFree(port)) return port;
  throw new Error(`no free port from ${first} to ${first + 99}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function aborted(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), {once: true});
  });
}
