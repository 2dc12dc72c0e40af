import {readFileSync, statSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {filesIn} from "./tree.js";

/** Makes what Framework writes good to read by everybody: a language, a viewport that may be enlarged. */
export function finishSite(folder: string): {pages: number; files: number; bytes: number} {
  let pages = 0;
  let bytes = 0;
  const files = filesIn(folder);
  for (const file of files) {
    const path = join(folder, file);
    if (file.endsWith(".html")) {
      ++pages;
      writeFileSync(path, finishPage(readFileSync(path, "utf8")));
    }
    bytes += statSync(path).size;
  }
  return {pages, files: files.length, bytes};
}

/** One page's HTML, finished. */
export function finishPage(html: string): string {
  return html.replace("<html>", '<html lang="en">').replace(", initial-scale=1, maximum-scale=1", ", initial-scale=1");
}
