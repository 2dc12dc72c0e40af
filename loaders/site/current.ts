import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {join, resolve} from "node:path";
import {buildHash, hashOf, readManifest} from "../publish/manifest.js";
import {publishedFolder} from "../publish/published.js";
import {projectRoot, type Workspace} from "../workspace.js";
import {siteRoot} from "./paths.js";
import {stamps} from "./watch.js";

type Place = Pick<Workspace, "warehouse">;

/** Whether a folder holds the site of what is published now, as the pages stand now. */
export function isSiteCurrent(workspace: Place, out: string): boolean {
  const note = noteOf(workspace);
  return existsSync(out) && existsSync(note) && readFileSync(note, "utf8") === describe(workspace, out);
}

/** What `noteSite` writes of a site that is about to be built. */
export function describe(workspace: Place, out: string): string {
  const files = [...readManifest(publishedFolder(workspace.warehouse)).values()];
  // When things ran is new after every refresh, and alone no reason for a new site.
  const published = buildHash(files.filter(({name}) => name !== "runs.arrow"));
  const code = hashOf(stamps([siteRoot, "lib", "loaders/site"].map((path) => ({path: resolve(projectRoot, path)}))));
  return `${resolve(out)}\n${published}\n${code}\n`;
}

/** Notes which site was built last. */
export function noteSite(workspace: Place, description: string): void {
  writeFileSync(noteOf(workspace), description);
}

function noteOf({warehouse}: Place): string {
  return join(warehouse, "site");
}
