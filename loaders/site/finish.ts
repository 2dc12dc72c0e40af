import {readFileSync, statSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {withPolicy} from "./policy.js";
import {filesIn} from "./tree.js";

/** Makes what Framework writes good to read by everybody, and forbids it everything from elsewhere. */
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

/** One page's HTML with a language, a viewport that may be enlarged, named landmarks, and a content security policy. */
export function finishPage(html: string): string {
  const finished = html
    .replace("<html>", '<html lang="en">')
    .replace(", initial-scale=1, maximum-scale=1", ", initial-scale=1")
    .replace('<nav id="observablehq-sidebar">', '<nav id="observablehq-sidebar" aria-label="Pages">')
    .replace(/(<aside id="observablehq-toc"[^>]*>\s*)<nav>/, '$1<nav aria-label="On this page">')
    .replace(/(<footer id="observablehq-footer">\s*)<nav>/, '$1<nav aria-label="Previous and next page">')
    .replace(/(<label id="observablehq-sidebar-close"[^>]*><\/label>)/, '<li style="position: static">$1</li>')
    // Wide code and tables scroll sideways: the keyboard must reach them.
    .replaceAll("<pre", '<pre tabindex="0"')
    .replaceAll("<table>", '<table tabindex="0">')
    .replace(/<input id="observablehq-sidebar-toggle"[^>]*>/, toggle);
  return withPolicy(finished);
}

// Framework's toggle is a checkbox outside every landmark, with no label: it stays for the pointer, and a button in a
// header does the same for keyboards and screen readers.
const toggle = `<header id="tenfold-skip">
  <a href="#observablehq-main">Skip to content</a>
  <button type="button" aria-controls="observablehq-sidebar">Toggle menu</button>
</header>
<input id="observablehq-sidebar-toggle" type="checkbox" title="Toggle sidebar" aria-hidden="true" tabindex="-1">
<script>document.querySelector("#tenfold-skip button").onclick = () => document.querySelector("#observablehq-sidebar-toggle").click();</script>
<style>
#tenfold-skip > :not(:focus) {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;}
#tenfold-skip > :focus {position: fixed; top: 0.5rem; left: 3rem; z-index: 20; padding: 0.25rem 0.75rem; background: var(--theme-background); color: var(--theme-foreground);}
</style>`;
