import {existsSync, readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {parse} from "yaml";
import {workspaceRoot} from "../workspace.js";
import {dynamicPaths} from "./dynamicPaths.js";
import {dropStaleOutputs} from "./outputs.js";
import {siteRoot} from "./paths.js";
import {prelude} from "./prelude.js";
import {previewHead} from "./previewHead.js";
import {seedCaches} from "./seed.js";

/** The site in Framework's terms: pages in the order of the loop, then the analysts' own, then the manual. */
export async function siteConfig() {
  process.env.OBSERVABLE_TELEMETRY_DISABLE = "true";
  const mode = process.argv.includes("build") ? "build" : "preview";
  await seedCaches(mode);
  dropStaleOutputs();
  return {
    root: "src",
    output: process.env.TENFOLD_OUT ?? "dist",
    title: workspaceName(),
    home: "Overview",
    pages: sitePages(),
    dynamicPaths: dynamicPaths(),
    globalStylesheets: ["observablehq:stdlib/inputs.css"],
    style: existsSync(join(siteRoot, "style.css")) ? "style.css" : undefined,
    search: true,
    pager: true,
    toc: {show: true, label: "On this page"},
    // Links name the file, so that any web server finds it.
    preserveExtension: true,
    head: `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">${mode === "preview" ? previewHead(process.env.TENFOLD_COMPANION, process.env.TENFOLD_SHOWN) : ""}`,
    footer: "",
    duckdb: {extensions: {parquet: null, json: null}},
    markdownIt: prelude
  };
}

/** Ten bars, falling: written into the page, so that no request is made for it. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="#24588f">' +
  '<path d="M3 3h6v26H3zM11 14h5v15h-5zM18 20h5v9h-5zM25 24h4v5h-4z"/></svg>';

interface Page {
  name: string;
  path: string;
}

/** The pages of the loop that exist, then notebooks and manual, found by themselves. */
export function sitePages(): (Page | {name: string; open: boolean; pages: Page[]})[] {
  const loop = ["signals", "deciles", "value", "segments", "audiences", "activation", "campaigns", "model"]
    .filter((name) => existsSync(join(siteRoot, `${name}.md`)))
    .map((name) => ({name: name[0]!.toUpperCase() + name.slice(1), path: `/${name}`}));
  return [
    ...loop,
    ...[
      {name: "Notebooks", open: true, pages: pagesIn("notebooks")},
      {name: "Docs", open: false, pages: pagesIn("docs")}
    ].filter(({pages}) => pages.length > 0)
  ];
}

function pagesIn(folder: string): Page[] {
  const path = join(siteRoot, folder);
  if (!existsSync(path)) return [];
  const pages = readdirSync(path, {recursive: true, encoding: "utf8"})
    .filter((file) => file.endsWith(".md") && !/(^|\/)[.[]/.test(file))
    .map((file) => ({file, text: readFileSync(join(path, file), "utf8")}))
    .filter(({text}) => !/^---\n(?:.*\n)*?draft: *true\n(?:.*\n)*?---/.test(text))
    .map(({file, text}) => ({name: pageTitle(text) ?? file.slice(0, -3), path: `/${folder}/${file.slice(0, -3)}`}));
  const rank = (page: Page) => (page.path.endsWith("/index") ? 0 : 1);
  return pages.sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}

function pageTitle(text: string): string | undefined {
  const given = /^---\n(?:.*\n)*?title: *(.+)\n/.exec(text)?.[1] ?? /^# +(.+)$/m.exec(text)?.[1];
  return given?.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** The name is read leniently: a definition that fails its checks must not hide the page that says so. */
export function workspaceName(root = workspaceRoot()): string {
  try {
    const {name} = parse(readFileSync(join(root, "workspace.yaml"), "utf8")) as {name?: unknown};
    return typeof name === "string" && name !== "" ? name : "Tenfold";
  } catch {
    return "Tenfold";
  }
}
