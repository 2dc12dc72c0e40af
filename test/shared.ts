import {existsSync} from "node:fs";
import {join} from "node:path";
import {projectRoot} from "../loaders/workspace.js";

/** The folder of real data that others published: beside the project, or where `TENFOLD_SHARED` says. */
export const sharedData = process.env.TENFOLD_SHARED ?? join(projectRoot, "../shared/data");

/** Whether a file of it is at hand; tests that read it are skipped otherwise, and this says so. */
export function hasShared(file: string): boolean {
  const isThere = existsSync(join(sharedData, file));
  if (!isThere) console.warn(`skipped: no ${file} in ${sharedData}: set TENFOLD_SHARED to the folder that has it`);
  return isThere;
}
