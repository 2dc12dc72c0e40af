import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {Browser} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {wilson} from "../../lib/stats/wilson.js";
import {openDatabase, type Database} from "../../loaders/engine/database.js";
import {publishedFolder} from "../../loaders/publish/published.js";
import {openBrowser} from "./chromium.js";
import {tenfoldOffline} from "./offline.js";
import {openPage} from "./page.js";
import {sharedSample} from "./sample.js";
import {serveFolder, type StaticServer} from "./server.js";

let folder: string;
let server: StaticServer;
let browser: Browser;
/** What the site has of people, and the warehouse that has them all. */
let published: Database;
let warehouse: Database;

beforeAll(async () => {
  const {data} = await sharedSample();
  folder = mkdtempSync(join(tmpdir(), "tenfold-sampled-"));
  const own = join(folder, "data");
  cpSync(data, own, {recursive: true});
  const file = join(own, "workspace.yaml");
  writeFileSync(file, `${readFileSync(file, "utf8")}\npublish: {max_bytes: 1 MB}\n`);
  const out = join(folder, "dist");
  const {code, stderr} = await tenfoldOffline("build", "--data", own, "--out", out);
  if (code !== 0 && code !== 3) throw new Error(stderr);
  server = await serveFolder(out);
  browser = await openBrowser();
  published = await openDatabase(join(publishedFolder(join(own, "warehouse"))!, "segments.duckdb"), {access_mode: "read_only"}); // prettier-ignore
  warehouse = await openDatabase(join(own, "warehouse/tenfold.duckdb"), {access_mode: "read_only"});
});

afterAll(async () => {
  published?.close();
  warehouse?.close();
  await browser?.close();
  await server?.close();
  rmSync(folder, {recursive: true, force: true});
});

describe("the Segments page of a sampled site", () => {
  it("shows an estimate with n, interval, age and method, and the exact count of saved audiences beside it", async () => {
    const n = await one(published, "select count(*) from segments.segments.profiles");
    const of = await one(warehouse, "select count(*) from insights.segment_profiles");
    expect(n).toBeGreaterThan(50);
    expect(n).toBeLessThan(of);

    const {page, errors, close} = await openPage(
      browser,
      `${server.url}/segments.html?rule=all-1.m.spend.12m.at_least.100`
    );
    const k = await one(published, "select count(*) from segments.segments.profiles where spend__12_months >= 100");
    const {lower, upper} = wilson(k, n);
    const scaled = (share: number) => Math.round(share * of).toLocaleString("en-US");
    const results = page.locator(".results");
    await expect
      .poll(() => results.locator(".number-value").first().textContent(), {timeout: 30_000})
      .toBe(`≈ ${scaled(k / n)}`);
    const [note] = await results.locator(".number-note").allTextContents();
    expect(note).toMatch(
      new RegExp(
        `^${scaled(lower)} to ${scaled(upper)} of ${of} \\(95%, Wilson\\), from a hash sample of ${n} as of \\d+ \\w+ \\d{4}$`
      )
    );
    // The truth lies in the interval: not in every sample (one in twenty may miss it), but in this one, drawn by fixed ids.
    const exact = await one(warehouse, "select count(*) from insights.segment_profiles where spend__12_months >= 100");
    expect(exact).toBeGreaterThanOrEqual(Math.floor(lower * of));
    expect(exact).toBeLessThanOrEqual(Math.ceil(upper * of));

    const {name, profiles} = (await warehouse.row<{name: string; profiles: number}>(
      "select name, profiles from derived.audience_counts where audience_id = 'top-value-lapsing'"
    ))!;
    await page.getByRole("button", {name: `Open ${name}`}).click();
    await expect
      .poll(() => results.textContent())
      .toContain(`${name} as saved: exactly ${profiles} customers at the last refresh.`);
    // An edited rule is another one.
    await page.getByRole("button", {name: "Clear"}).click();
    expect(await results.textContent()).not.toContain("as saved");
    expect(errors).toEqual([]);
    await close();
  });
});

async function one(database: Database, sql: string): Promise<number> {
  return Number(await database.value(sql));
}
