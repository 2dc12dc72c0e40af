import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {Browser} from "playwright-core";
import {afterAll, beforeAll} from "vitest";
import {startCompanion, type Companion} from "../../loaders/serve/companion.js";
import {previewHead} from "../../loaders/site/previewHead.js";
import {readWorkspace} from "../../loaders/workspace.js";
import {openBrowser} from "./chromium.js";
import {openPage, type OpenedPage, type PageOptions} from "./page.js";
import {sharedSample} from "./sample.js";
import {serveFolder, type StaticServer} from "./server.js";

/** The sample's pages as a preview shows them: with a companion that writes into a copy of the workspace. */
export interface Workbench {
  /** The copy. */
  data: string;
  browser: Browser;
  /** Where the pages are. */
  url: string;
  /** Opens one of the pages given, by its path. */
  open(path: string, options?: PageOptions): Promise<OpenedPage>;
}

/** Copies the sample's workspace and site, and lets these pages write, while the tests of the file that calls this run. */
export function workbench(...pages: string[]): Workbench {
  const folder = mkdtempSync(join(tmpdir(), "tenfold-workbench-"));
  let server: StaticServer;
  let companion: Companion;
  const bench = {
    data: join(folder, "data"),
    open: (path, options) => openPage(bench.browser, server.url + path, options)
  } as Workbench;
  beforeAll(async () => {
    const {data, out} = await sharedSample();
    const site = join(folder, "site");
    cpSync(data, bench.data, {recursive: true});
    cpSync(out, site, {recursive: true});
    server = await serveFolder(site);
    bench.url = server.url;
    companion = await startCompanion(readWorkspace({data: bench.data}), {pages: Number(new URL(server.url).port)});
    for (const page of pages) {
      const file = join(site, page);
      const head = previewHead(`${companion.url}#${companion.token}`, undefined);
      const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
      writeFileSync(file, readFileSync(file, "utf8").replace(policy, "").replace("</head>", `${head}</head>`));
    }
    bench.browser = await openBrowser();
  });
  afterAll(async () => {
    await bench.browser?.close();
    await companion?.close();
    await server?.close();
    rmSync(folder, {recursive: true, force: true});
  });
  return bench;
}
