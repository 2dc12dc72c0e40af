import {LockedError, withLock} from "../engine/lock.js";
import type {Progress} from "../engine/progress.js";
import {statePaths} from "../engine/warehouse.js";
import {refresh, type RefreshReport} from "../refresh.js";
import {buildSite, type SiteReport} from "../site/build.js";
import {isSiteCurrent} from "../site/current.js";
import type {Workspace} from "../workspace.js";

export interface RoundOptions {
  /** The site to be kept up to date; without it, none is built. */
  out?: string;
  progress: Progress;
}

export interface RoundReport {
  refresh: RefreshReport;
  /** Undefined where the site shows already what is published. */
  site?: SiteReport;
}

/**
 * One round of what runs unattended: takes in what has landed, finds members, sends what is due, publishes, and builds
 * the site where it does not show that yet. Undefined where the round before is still under way, or somebody else is at
 * work on the workspace: the next one makes up for it.
 */
export async function round(workspace: Workspace, {out, progress}: RoundOptions): Promise<RoundReport | undefined> {
  try {
    return await withLock(statePaths(workspace).round, {wait: 0}, async () => {
      const report = await refresh(workspace, {progress});
      if (out === undefined || isSiteCurrent(workspace, out)) return {refresh: report};
      return {refresh: report, site: await buildSite(workspace, {out, progress})};
    });
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    progress.note(`left to the next round: ${error.message}`);
    return undefined;
  }
}
