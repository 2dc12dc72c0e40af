import {existsSync, readdirSync, statSync} from "node:fs";
import {join} from "node:path";
import {publishedFolder} from "../publish/published.js";
import type {Workspace} from "../workspace.js";

/** Whether nothing is published yet, or a definition or landed file is newer than what is. */
export function isStale({root, landing, warehouse}: Pick<Workspace, "root" | "landing" | "warehouse">): boolean {
  if (publishedFolder(warehouse) === undefined) return true;
  const {mtimeMs: published} = statSync(join(warehouse, "published", "current"));
  const isNewer = (folder: string, except: RegExp): boolean =>
    existsSync(folder) &&
    readdirSync(folder, {withFileTypes: true}).some((entry) => {
      const path = join(folder, entry.name);
      if (except.test(entry.name)) return false;
      return statSync(path).mtimeMs > published || (entry.isDirectory() && isNewer(path, except));
    });
  return isNewer(root, /^(\.|warehouse$|landing$|schemas$|examples$)/) || isNewer(landing, /^\.|\.(part|tmp)$/);
}
