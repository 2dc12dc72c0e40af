import {cpSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {build} from "esbuild";
import {quoteText} from "../../lib/sql.js";
import {openDatabase} from "../../loaders/engine/database.js";
import {projectRoot} from "../../loaders/workspace.js";
import {openBrowser} from "../site/chromium.js";
import {serveFolder} from "../site/server.js";
import type {Row} from "./report.js";

/** Milliseconds of each kind of answer, in headless Chromium. */
export interface SegmentTimes {
  profiles: number;
  times: Record<Answer, Times>;
}

/**
 * `columns`: reading what every profile is counted by, once. `plain`: one plain DuckDB-WASM query of the rule, count and
 * value alone. `first`: the first answer of a drag of a rule that the page has counted, as it does when one is opened;
 * `cold`: the same where it has not; `drag`: every further one, shown on the page. `firstChoice`, `choice`: the same for
 * a multi-select. `change`: a condition that was not there before. `mosaicFirst`, `mosaicDrag`: the same rule in Mosaic,
 * count and value alone.
 */
type Answer = "columns" | "plain" | "plainEach" | "first" | "cold" | "drag" | "firstChoice" | "choice" | "change" | "mosaicFirst" | "mosaicDrag"; // prettier-ignore

export interface Times {
  median: number;
  p95: number;
}

/** Measures a dragged three-condition rule over synthetic profiles, beside plain queries and Mosaic, in one run. */
async function benchSegments({profiles = 1_000_000, updates = 100} = {}): Promise<SegmentTimes> {
  const folder = mkdtempSync(join(tmpdir(), "tenfold-bench-"));
  try {
    await writeProfiles(join(folder, "segments.duckdb"), profiles);
    await writePage(folder);
    const server = await serveFolder(folder);
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}/`);
      await page.waitForFunction("window.bench");
      const samples = (await page.evaluate(`window.bench(${updates})`)) as Record<Answer, number[]>;
      const times = Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, timesOf(values)]));
      return {profiles, times: times as SegmentTimes["times"]};
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** The table that the Segments page counts over, filled by hashes of the row number. */
async function writeProfiles(path: string, profiles: number) {
  const database = await openDatabase(":memory:");
  await database.run(`
    attach ${quoteText(path)} as target;
    create schema target.segments;
    create table target.segments.profiles as
    select
      i::uinteger as row, printf('%013d', i) as id,
      ['Star', 'Nova', 'Aurora', '(none)'][1 + (hash(i, 1) % 4)::integer] as category,
      ['Star', 'Nova', 'Aurora', null][1 + (hash(i, 1) % 4)::integer] as tier,
      ['DE', 'FR', 'GB', 'IT', 'ES'][1 + (hash(i, 2) % 5)::integer] as country,
      round(exp(3 + 4 * (hash(i, 3) % 10000) / 10000.0), 2)::double as spend__12_months,
      case when hash(i, 4) % 8 > 0 then 1 + (hash(i, 3) % 10)::integer end::utinyint as spend__12_months__decile,
      (hash(i, 5) % 400)::double as orders__12_months
    from range(${profiles}) as r(i);
    detach target;
  `);
  database.close();
}

async function writePage(folder: string) {
  const dist = dirname(createRequire(import.meta.url).resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm"));
  for (const name of ["duckdb-eh.wasm", "duckdb-browser-eh.worker.js"]) cpSync(join(dist, name), join(folder, name));
  await build({
    entryPoints: [join(projectRoot, "test/bench/segmentsPage.ts")],
    bundle: true,
    format: "esm",
    outfile: join(folder, "bench.js"),
    logLevel: "error"
  });
  writeFileSync(join(folder, "index.html"), '<!doctype html><body><script type="module" src="/bench.js"></script>');
}

function timesOf(samples: number[]): Times {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return {median: at(0.5), p95: at(0.95)};
}

/** The rows of `npm run bench`, at each of the sizes. */
export async function segmentsBench(): Promise<Row[]> {
  const sizes = (process.env.BENCH_PROFILES ?? "1000000,5000000").split(",").map(Number);
  const rows: Row[] = [];
  for (const profiles of sizes) rows.push(...rowsOf(await benchSegments({profiles})));
  return rows;
}

function rowsOf({profiles, times}: SegmentTimes): Row[] {
  const show = ({median, p95}: Times) => `${median.toFixed(2)} ms (p95 ${p95.toFixed(2)})`;
  const over = `${profiles.toLocaleString("en-US")} profiles`;
  const beside = (what: string, name: Answer, target?: number): Row => ({
    what: `${what}, ${over}`,
    measured: show(times[name]),
    against: `one plain DuckDB-WASM query: ${show(times.plain)}`,
    ratio: times[name].median / times.plain.median,
    ...(target !== undefined && {target})
  });
  const within = (what: string, name: Answer): Row => ({
    what: `${what}, ${over}`,
    measured: show(times[name]),
    against: "1 ms at the 95th percentile",
    ratio: times[name].p95,
    target: 1
  });
  return [
    beside("first answer of a drag", "first", 1.5),
    within("every further one", "drag"),
    beside("first answer of a multi-select", "firstChoice", 1.5),
    within("every further choice", "choice"),
    beside("first answer of a drag, nothing counted yet", "cold"),
    beside("a new condition", "change"),
    beside("Mosaic: first answer of the drag, count and value", "mosaicFirst"),
    beside("Mosaic: every further one", "mosaicDrag"),
    beside("reading what profiles are counted by, once", "columns")
  ];
}

if (import.meta.url === `file://${process.argv[1]}`) console.log(JSON.stringify(await benchSegments(), null, 2));
