import {readFileSync} from "node:fs";
import {join} from "node:path";
import type {FrameworkRun} from "./framework.js";
import {filesIn} from "./tree.js";

/** What is wrong with a page. */
export interface Finding {
  page: string;
  message: string;
}

/** Looks for what Framework lets pass: page errors, unresolved imports, broken links, other hosts. */
export function checkSite(folder: string, run: FrameworkRun): Finding[] {
  if (run.code !== 0) return [buildFailure(run.log)];
  const files = filesIn(folder);
  const findings: Finding[] = [];
  for (const file of files.filter((name) => name.endsWith(".html"))) {
    const html = readFileSync(join(folder, file), "utf8");
    const page = `/${file.replace(/\.html$/, "")}`;
    for (const message of pageFindings(html)) findings.push({page, message});
  }
  return findings;
}

function buildFailure(log: string): Finding {
  const page = [...log.matchAll(/^load (\S+)/gm)].at(-1)?.[1] ?? "site";
  const lines = log
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
  return {page, message: lines.slice(-8).join("\n")};
}

function* pageFindings(html: string): Generator<string> {
  for (const [, text] of html.matchAll(/class="[^"]*observablehq--error[^"]*"[^>]*>([^<]*)</g)) yield text!.trim();
  for (const [, name] of html.matchAll(/\bimport\("([^./][^"]*)"\)/g)) yield `unresolved import "${name}"`;
}
