import {existsSync, mkdirSync, mkdtempSync, renameSync, rmSync} from "node:fs";
import {basename, dirname, join, resolve} from "node:path";
import {withLock} from "../engine/lock.js";
import {silent, type Progress} from "../engine/progress.js";
import type {Workspace} from "../workspace.js";
import {checkSite} from "./check.js";
import {describe, noteSite} from "./current.js";
import type {Finding} from "./finding.js";
import {checkData} from "./checkData.js";
import {finishSite} from "./finish.js";
import {frameworkBuild} from "./framework.js";
import {placeOutputs} from "./outputs.js";
import {siteRoot} from "./paths.js";

export interface SiteOptions {
  /** The folder to write; replaced as a whole. */
  out: string;
  progress?: Progress;
}

export interface SiteReport {
  out: string;
  pages: number;
  files: number;
  bytes: number;
}

/** The site has faults that Framework lets pass. */
export class SiteError extends Error {
  constructor(readonly findings: Finding[]) {
    super(findings.map(({page, message}) => `${page}: ${message}`).join("\n"));
    this.name = "SiteError";
  }
}

/** Builds the static site of a published workspace, checks it, and swaps it in whole. Throws SiteError. */
export async function buildSite(workspace: Workspace, {out, progress = silent}: SiteOptions): Promise<SiteReport> {
  const target = resolve(out);
  mkdirSync(dirname(target), {recursive: true});
  return await withLock(join(siteRoot, ".observablehq", "lock"), {wait: 600_000}, async () => {
    const staging = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
    try {
      const description = describe(workspace, target);
      placeOutputs(workspace, "build");
      progress.step("build pages");
      const run = await frameworkBuild(workspace, staging, (line) => {
        const page = /^(?:load|render) (\S+)/.exec(line)?.[1];
        if (page) progress.step(`build ${page}`);
      });
      progress.step("check site");
      const findings = [...checkSite(staging, run), ...(run.code === 0 ? checkData(staging, workspace.warehouse) : [])];
      if (findings.length > 0) throw new SiteError(findings);
      const report = finishSite(staging);
      swap(staging, target);
      noteSite(workspace, description);
      return {out: target, ...report};
    } finally {
      rmSync(staging, {recursive: true, force: true});
    }
  });
}

/** Moves the new folder to the old one's place; the old one stands until the new one is complete. */
function swap(staging: string, target: string) {
  const old = `${staging}.old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(staging, target);
  rmSync(old, {recursive: true, force: true});
}
