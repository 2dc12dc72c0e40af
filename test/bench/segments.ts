import {cpSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {build} from "esbuild";
import {openDatabase, quoteText} from "../../loaders/engine/database.js";
import {projectRoot} from "../../loaders/workspace.js";
import {openBrowser} from "../site/chromium.js";
import {serveFolder} from "../site/server.js";
import type {Row} from "./report.js";

/** Milliseconds per update of a dragged condition, in headless Chromium. */
export interface SegmentTimes {
  profiles: number;
  /** One plain DuckDB-WASM query of the same rule, typed by hand, per update. */
  raw: Times;
  /** What the page does: nothing but prefix sums, and the figures on the page. */
  drag: Times;
  /** From taking hold of the slider to the first answer: one query, then its prefix sums. */
  first: Times;
  /** A change that the drag's query does not cover: the page's ordinary query, splits included. */
  query: Times;
  /** Median of drag over median of raw: at most 1.2 is asked for. */
  ratio: number;
}

export interface Times {
  median: number;
  p95: number;
}

/** Measures a dragged three-condition rule over synthetic profiles beside one raw query, in one run. */
export async function benchSegments({profiles = 1_000_000, updates = 100} = {}): Promise<SegmentTimes> {
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
      const samples = (await page.evaluate(`window.bench(${updates})`)) as Record<keyof SegmentTimes, number[]>;
      const times = {
        raw: timesOf(samples.raw),
        drag: timesOf(samples.drag),
        first: timesOf(samples.first),
        query: timesOf(samples.query)
      };
      return {profiles, ...times, ratio: times.drag.median / times.raw.median};
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
      printf('%013d', i) as id,
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

/** The rows of `npm run bench`. */
export async function segmentsBench(): Promise<Row[]> {
  const {profiles, raw, drag, first, query, ratio} = await benchSegments();
  const show = ({median, p95}: Times) => `${median.toFixed(2)} ms (p95 ${p95.toFixed(2)})`;
  const rule = `of a rule over ${profiles.toLocaleString("en-US")} profiles`;
  const against = `one raw DuckDB-WASM query: ${show(raw)}`;
  return [
    {what: `update of a dragged condition ${rule}`, measured: show(drag), against, ratio, target: 1.2},
    {what: `first answer of a drag ${rule}`, measured: show(first), against, ratio: first.median / raw.median},
    {
      what: `any other change ${rule}, splits included`,
      measured: show(query),
      against,
      ratio: query.median / raw.median
    }
  ];
}

if (import.meta.url === `file://${process.argv[1]}`) console.log(JSON.stringify(await benchSegments(), null, 2));
