import {spawnSync} from "node:child_process";
import {cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {Browser} from "playwright-core";
import {publishedQueries} from "../../loaders/publish/files.js";
import {projectRoot} from "../../loaders/workspace.js";
import {openBrowser} from "../site/chromium.js";
import {serveFolder} from "../site/server.js";
import {dataset} from "./dataset.js";
import {workspaceFolder} from "./refresh.js";
import {median, runs, type Row} from "./report.js";

/** One cold opening of a page: when its first chart stood there, and what had come over the wire by then. */
interface Opening {
  milliseconds: number;
  bytes: number;
}

/** 10 Mbit/s with 40 ms, as Chromium wants it. */
const slow = {offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8};

/**
 * The Deciles page of a built site, cold, against the same page that asks DuckDB-WASM for the same figures: unthrottled
 * and over a slow line. BENCH_SITE names a built site; else the bench's own workspace is built.
 */
export async function firstChartBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "tenfold-bench-site-"));
  const site = join(folder, "site");
  try {
    if (process.env.BENCH_SITE) cpSync(process.env.BENCH_SITE, site, {recursive: true});
    else await build(folder, site);
    writeFileSync(join(site, "deciles-live.html"), live(site));
    const server = await serveFolder(site);
    const browser = await openBrowser();
    try {
      const rows: Row[] = [];
      for (const [line, conditions, target] of [
        ["unthrottled", undefined, 1 / 4],
        ["at 10 Mbit/s, 40 ms", slow, 1 / 12]
      ] as const) {
        const openings: Record<"page" | "live", Opening[]> = {page: [], live: []};
        for (let run = 0; run < runs; ++run) {
          openings.page.push(await open(browser, `${server.url}/deciles.html`, conditions));
          openings.live.push(await open(browser, `${server.url}/deciles-live.html`, conditions));
        }
        rows.push(compare(`first chart of Deciles, cold, ${line}`, openings, target));
        if (conditions === undefined) {
          const kilobytes = median(openings.page.map(({bytes}) => bytes)) / 1000;
          rows.push({
            what: "compressed before the first chart",
            measured: `${kilobytes.toFixed(0)} kB`,
            against: "340 kB",
            ratio: kilobytes / 340,
            target: 1
          });
        }
      }
      return rows;
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function compare(what: string, {page, live}: Record<"page" | "live", Opening[]>, target: number): Row {
  const time = (openings: Opening[]) => median(openings.map(({milliseconds}) => milliseconds));
  const megabytes = median(live.map(({bytes}) => bytes)) / 1e6;
  return {
    what,
    measured: `${time(page).toFixed(0)} ms`,
    against: `through DuckDB-WASM: ${time(live).toFixed(0)} ms, ${megabytes.toFixed(1)} MB`,
    ratio: time(page) / time(live),
    target
  };
}

async function build(folder: string, site: string): Promise<void> {
  const root = workspaceFolder(folder, await dataset(200_000));
  const args = ["loaders/tenfold.js", "build", "--data", root, "--out", site];
  const {status, stderr} = spawnSync(process.execPath, args, {cwd: projectRoot, encoding: "utf8"});
  if (status !== 0) throw new Error(`the bench's site does not build: ${stderr.slice(-2000)}`);
}

/** The Deciles page, but its figures asked of the site's own database module: the same query over the same tables. */
function live(site: string): string {
  const query = publishedQueries().find(({name}) => name === "deciles")!;
  const components = join(site, "_import", "components");
  const module = existsSync(components) && readdirSync(components).find((name) => /^database\.\w+\.js$/.test(name));
  if (!module) throw new Error(`no database module in ${site}: is it a built site?`);
  const page = readFileSync(join(site, "deciles.html"), "utf8");
  const file = 'FileAttachment("./data/deciles.arrow").arrow().then(rows)';
  if (!page.includes(file)) throw new Error("the Deciles page does not read deciles.arrow any more");
  const asked = `import("./_import/components/${module}").then(({openDatabase}) => openDatabase()).then((database) => database.rows(${JSON.stringify(query.sql)}))`;
  // The policy names the scripts that the page was built with.
  return page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "").replace(file, () => asked);
}

/** Notes when the first figure has its chart. As text: what tsx adds to a function is not there in the page. */
const watch = `
  new MutationObserver((_, observer) => {
    if (!document.querySelector("figure svg")) return;
    observer.disconnect();
    window.firstChart = performance.now();
  }).observe(document, {childList: true, subtree: true});`;

/** Opens a page in a fresh profile: nothing is cached. */
async function open(browser: Browser, url: string, conditions: typeof slow | undefined): Promise<Opening> {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}});
  try {
    const page = await context.newPage();
    if (conditions) {
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", conditions);
    }
    await page.addInitScript(watch);
    await page.goto(url, {waitUntil: "commit"});
    await page.waitForFunction(() => "firstChart" in window, undefined, {timeout: 60_000});
    return await page.evaluate(() => {
      const milliseconds = (window as unknown as {firstChart: number}).firstChart;
      const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      const [document] = performance.getEntriesByType("navigation") as PerformanceResourceTiming[];
      const before = entries.filter(({responseEnd}) => responseEnd <= milliseconds);
      return {milliseconds, bytes: [document!, ...before].reduce((sum, entry) => sum + entry.encodedBodySize, 0)};
    });
  } finally {
    await context.close();
  }
}
