import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync
} from "node:fs";
import {join} from "node:path";
import {tableFromArrays, tableFromIPC, tableToIPC} from "apache-arrow";
import {publishedFolder} from "../publish/published.js";
import {projectRoot, workspaceRoot, type Workspace} from "../workspace.js";
import {isStale} from "./freshness.js";
import {cacheRoot, siteRoot} from "./paths.js";

const outputs = join(cacheRoot, "data");
const stamp = join(cacheRoot, ".tenfold-data");

/**
 * Framework reuses a loader's output whenever one exists, and its cache is one folder for all workspaces: what another
 * workspace or an earlier build left there goes.
 */
export function dropStaleOutputs(): void {
  const now = stampOf();
  const isFresh = process.env.TENFOLD_REFRESHED || !isStale(workspacePaths());
  if (isFresh && existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  rmSync(outputs, {recursive: true, force: true});
  mkdirSync(cacheRoot, {recursive: true});
  writeFileSync(stamp, now);
}

/**
 * Puts every published file where Framework looks for its loaders' outputs, so that no loader has to run. For a build
 * the files' times are fixed, as pages show them and the same input gives the same pages; for a preview they are later
 * than the loaders', or these would run. `problem` is what pages then say is wrong with the numbers.
 */
export function placeOutputs(
  workspace: Pick<Workspace, "root" | "warehouse">,
  mode: "build" | "preview",
  problem?: string
): void {
  const folder = publishedFolder(workspace.warehouse);
  if (folder === undefined) throw new Error("nothing is published: run `npx tenfold refresh` first");
  const time = mode === "build" ? new Date("2000-01-01T00:00:00Z") : new Date(Date.now() + 1000);
  rmSync(outputs, {recursive: true, force: true});
  mkdirSync(outputs, {recursive: true});
  for (const name of readdirSync(folder)) {
    if (!/\.(arrow|duckdb)$/.test(name)) continue;
    copyFileSync(join(folder, name), join(outputs, name));
    if (name === "meta.arrow" && problem) writeProblem(join(outputs, name), problem);
    utimesSync(join(outputs, name), time, time);
  }
  writeFileSync(stamp, stampOf(workspace.root));
}

function writeProblem(path: string, problem: string): void {
  const meta = tableFromIPC(readFileSync(path));
  rmSync(path); // never written through to what is published
  writeFileSync(path, tableToIPC(meta.assign(tableFromArrays({problem: [problem]})), "file"));
}

/** Makes a running preview look again: at the published files, or at the list of pages. */
export function touchLoaders(what: "data" | "config"): void {
  const now = new Date();
  const folder = join(siteRoot, "data");
  const files =
    what === "config"
      ? [join(projectRoot, "observablehq.config.ts")]
      : readdirSync(folder)
          .filter((name) => /^\[file\]\.\w+\.ts$/.test(name))
          .map((name) => join(folder, name));
  for (const file of files) utimesSync(file, now, now);
}

function workspacePaths() {
  const root = workspaceRoot();
  const landing = process.env.TENFOLD_LANDING ?? join(root, "landing");
  return {root, landing, warehouse: join(root, "warehouse")};
}

function stampOf(root = workspaceRoot()): string {
  return `${root}\n${publishedFolder(join(root, "warehouse")) ?? ""}\n`;
}
