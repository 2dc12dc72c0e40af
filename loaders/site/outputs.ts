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
import {publishedFolder} from "../publish/published.js";
import {workspaceRoot, type Workspace} from "../workspace.js";
import {cacheRoot} from "./paths.js";

const outputs = join(cacheRoot, "data");
const stamp = join(cacheRoot, ".tenfold-data");

/**
 * Framework reuses a loader's output whenever one exists, and its cache is one folder for all workspaces: what another
 * workspace or an earlier build left there goes.
 */
export function dropStaleOutputs(): void {
  const now = stampOf();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  rmSync(outputs, {recursive: true, force: true});
  mkdirSync(cacheRoot, {recursive: true});
  writeFileSync(stamp, now);
}

/**
 * Puts every published file where Framework looks for its loaders' outputs, so that no loader has to run. The files'
 * times are fixed: pages show them, and the same input should give the same pages.
 */
export function placeOutputs(workspace: Pick<Workspace, "root" | "warehouse">): void {
  const folder = publishedFolder(workspace.warehouse);
  if (folder === undefined) throw new Error("nothing is published: run `npx tenfold refresh` first");
  rmSync(outputs, {recursive: true, force: true});
  mkdirSync(outputs, {recursive: true});
  for (const name of readdirSync(folder)) {
    if (!/\.(arrow|duckdb)$/.test(name)) continue;
    copyFileSync(join(folder, name), join(outputs, name));
    utimesSync(join(outputs, name), fixed, fixed);
  }
  writeFileSync(stamp, stampOf(workspace.root));
}

const fixed = new Date("2000-01-01T00:00:00Z");

function stampOf(root = workspaceRoot()): string {
  return `${root}\n${publishedFolder(join(root, "warehouse")) ?? ""}\n`;
}
