import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {checkSite} from "../../../loaders/site/check.js";
import {importsOf} from "../../../loaders/site/checkModule.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenfold-check-"));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

function check(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, name), text);
  }
  return checkSite(folder, {code: 0, log: ""}).map(({page, message}) => `${page}: ${message}`);
}

describe("checkSite(folder, run)", () => {
  it("finds nothing wrong with a sound site", () => {
    expect(
      check({
        "index.html": `<link rel="stylesheet" href="./_import/style.css"><script type="module">import {a} from "./_import/a.12345678.js"; const b = import("./_import/a.12345678.js");</script><a href="./docs/a#part">a</a> <a href="https://example.org">out</a>`,
        "docs/a.html": `<h2 id="part">Part</h2><a href="../">home</a> <a href="mailto:a@example.org">mail</a> <a href="#part">here</a>`,
        "_import/a.12345678.js": `export {b} from "./b.js"; export const a = 1;`,
        "_import/b.js": "export const b = 1;",
        "_import/style.css": "a {background: url(data:image/png;base64,AA==)}"
      })
    ).toEqual([]);
  });

  it("names page and cause of a cell that does not parse", () => {
    expect(
      check({"a.html": `<div class="observablehq--inspect observablehq--error">SyntaxError: no &quot;x&quot;</div>`})
    ).toEqual(['/a: SyntaxError: no "x"']);
  });

  it("names imports that lead nowhere", () => {
    expect(
      check({
        "a.html": `<script type="module">import "left-pad"; const x = await import("./_import/c.js");</script>`,
        "_import/components/b.12345678.js": `import {c} from "./c.ts"; import x from "https://cdn.example.org/x.js"`
      })
    ).toEqual([
      '/a: cannot resolve import "left-pad": is it installed, and can `require.resolve` find it?',
      "/a: imports a file that is not there: ./_import/c.js",
      "src/components/b.js: imports a file that is not there: ./c.ts",
      "src/components/b.js: imports from another host: https://cdn.example.org/x.js"
    ]);
  });

  it("names links to pages and headings that are not there", () => {
    expect(check({"docs/a.html": `<a href="./b">b</a> <a href="/docs/a#nowhere">c</a>`})).toEqual([
      "/docs/a: broken link: ./b",
      "/docs/a: broken link: /docs/a#nowhere (no such heading)"
    ]);
  });

  it("names whatever is taken from another host", () => {
    expect(
      check({
        "a.html": `<img src="https://pixel.example.org/1.gif"> <script src="//cdn.example.org/x.js"></script> <style>@import "https://fonts.example.org/f.css";</style> <p style="background: url(&quot;https://x.example.org/y.png&quot;)">`,
        "b.css": `@font-face {src: url("https://fonts.example.org/f.woff2")}`
      })
    ).toEqual([
      "/a: <img> takes https://pixel.example.org/1.gif from another host: put the file beside the page",
      "/a: <script> takes //cdn.example.org/x.js from another host: put the file beside the page",
      "/a: takes https://fonts.example.org/f.css from another host",
      "/a: takes https://x.example.org/y.png from another host",
      "b.css: takes https://fonts.example.org/f.woff2 from another host"
    ]);
  });

  it("tells what made Framework's build fail, and where", () => {
    const fail = (log: string) => checkSite(folder, {code: 1, log})[0];
    expect(
      fail("load /index in 3ms\nload /notebooks/x \nError: needs the network: `_` (lodash): use d3\n    at fetch\n")
    ).toEqual({
      page: "/notebooks/x",
      message: "needs the network: `_` (lodash): use d3"
    });
    expect(
      fail(
        "load /a in 1ms\ncopy src/data/nothing.arrow → load\nnot published: nothing.arrow\nError: loader exited with code 1"
      )
    ).toMatchObject({message: "not published: nothing.arrow"});
  });
});

describe("importsOf(code)", () => {
  it("reads statements and calls, minified too", () => {
    expect(
      importsOf(
        `import{a as b}from"./a.js";import*as c from './c.js';import"./d.js";export*from"./e.js";const f=()=>import("./f.js");`
      )
    ).toEqual(["./a.js", "./c.js", "./d.js", "./e.js", "./f.js"]);
  });

  it("takes no text that only looks like one", () => {
    expect(importsOf(`const text = "we import goods from overseas"; // from "nowhere"`)).toEqual([]);
  });
});
