import {join} from "node:path";
import type {Browser} from "playwright-core";
import {afterAll, beforeAll} from "vitest";
import {openDatabase, type Database} from "../../loaders/engine/database.js";
import {openBrowser} from "./chromium.js";
import {openPage, type OpenedPage, type PageOptions} from "./page.js";
import {sharedSample} from "./sample.js";
import {serveFolder, type StaticServer} from "./server.js";

/** The sample's site, served, with a browser for it and the warehouse behind it: there while a file's tests run. */
export interface SampleSite {
  /** Its workspace. */
  data: string;
  browser: Browser;
  server: StaticServer;
  warehouse: Database;
  /** Opens a page of the site by its path: `/segments.html?rule=…`. */
  open(path: string, options?: PageOptions): Promise<OpenedPage>;
}

/** Serves the sample's site to the tests of the file that calls this, and closes all when they have run. */
export function sampleSite(): SampleSite {
  const site = {
    open: (path, options) => openPage(site.browser, `${site.server.url}${path}`, options)
  } as SampleSite;
  beforeAll(async () => {
    const {data, out} = await sharedSample();
    site.data = data;
    site.server = await serveFolder(out);
    site.browser = await openBrowser();
    site.warehouse = await openDatabase(join(data, "warehouse/tenfold.duckdb"), {access_mode: "read_only"});
  });
  afterAll(async () => {
    site.warehouse?.close();
    await site.browser?.close();
    await site.server?.close();
  });
  return site;
}
