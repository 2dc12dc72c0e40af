import {readFileSync} from "node:fs";
import {join} from "node:path";
import {buildFailure} from "./buildFailure.js";
import {checkModule, checkStyle, type SiteFiles} from "./checkModule.js";
import {checkPage} from "./checkPage.js";
import type {FrameworkRun} from "./framework.js";
import type {Finding} from "./finding.js";
import {filesIn} from "./tree.js";

/** Looks for what Framework lets pass: page errors, unresolved imports, broken links, files of other hosts. */
export function checkSite(folder: string, run: FrameworkRun): Finding[] {
  if (run.code !== 0) return [buildFailure(run.log)];
  const names = filesIn(folder);
  const pages = new Map<string, string>();
  for (const name of names) if (name.endsWith(".html")) pages.set(name, readFileSync(join(folder, name), "utf8"));
  const site: SiteFiles = {names: new Set(names), pages};
  const findings: Finding[] = [];
  for (const [name, html] of pages) {
    for (const message of checkPage(name, html, site))
      findings.push({page: `/${name.replace(/\.html$/, "")}`, message});
  }
  for (const name of names) {
    const text = () => readFileSync(join(folder, name), "utf8");
    if (name.startsWith("_import/") && name.endsWith(".js")) {
      for (const message of checkModule(name, text(), site)) findings.push({page: sourceOf(name), message});
    }
    if (name.endsWith(".css")) {
      for (const message of checkStyle(text())) findings.push({page: sourceOf(name), message});
    }
  }
  return findings;
}

function sourceOf(name: string): string {
  return name.replace(/^_import\//, "src/").replace(/\.[0-9a-f]{8}\./, ".");
}
