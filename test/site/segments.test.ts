import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {openDatabase, type Database} from "../../loaders/engine/database.js";
import {violations} from "./accessibility.js";
import {openBrowser} from "./chromium.js";
import {openPage} from "./page.js";
import {sharedSample} from "./sample.js";
import {serveFolder, type StaticServer} from "./server.js";

let server: StaticServer;
let browser: Browser;
let warehouse: Database;

beforeAll(async () => {
  const site = await sharedSample();
  server = await serveFolder(site.out);
  browser = await openBrowser();
  warehouse = await openDatabase(join(site.data, "warehouse/tenfold.duckdb"), {access_mode: "read_only"});
});

afterAll(async () => {
  warehouse?.close();
  await browser?.close();
  await server?.close();
});

describe("the Segments page", () => {
  it("counts what the keyboard builds as the warehouse does, and its link reproduces it", async () => {
    const {page, errors, foreign, close} = await openPage(browser, `${server.url}/segments.html`);
    expect(await count(page)).toBe(await native("true"));

    await addBlock(page, "spend");
    const amount = page.getByRole("spinbutton", {name: "Spend, 12 months"});
    await amount.fill("100");
    await expectCount(page, await native("spend__12_months >= 100"));

    await addBlock(page, "spend decile");
    await page.getByRole("checkbox", {name: "2", exact: true}).check();
    await page.getByRole("checkbox", {name: "3", exact: true}).check();
    const expected = await native("spend__12_months >= 100 and spend__12_months__decile in (1, 2, 3)");
    await expectCount(page, expected);
    expect(await page.locator(".sentence").textContent()).toBe(
      "Customers whose spend over 12 months is at least 100 EUR and who rank in decile 1, 2 or 3 of spend over 12 months."
    );

    const link = page.url();
    expect(link).toContain("rule=all-2.m.spend.12m.at_least.100.d.spend.12m.in-3.1.2.3");
    const again = await openPage(browser, link);
    await expectCount(again.page, expected);
    await again.close();
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    await close();
  });

  it("follows a dragged slider with the counts that queries give", async () => {
    const {page, close} = await openPage(
      browser,
      `${server.url}/segments.html?rule=all-2.a.tier.exists.true.m.spend.12m.at_least.1`
    );
    await expectCount(page, await native("tier is not null and spend__12_months >= 1"));
    const slider = page.getByRole("slider");
    await slider.focus();
    for (let i = 0; i < 12; ++i) await page.keyboard.press("ArrowRight");
    const value = Number(await page.getByRole("spinbutton", {name: "Spend, 12 months"}).inputValue());
    expect(value).toBeGreaterThan(1);
    await expectCount(page, await native(`tier is not null and spend__12_months >= ${value}`));
    await close();
  });

  it("undoes, redoes, negates, and goes back and forward", async () => {
    const {page, close} = await openPage(browser, `${server.url}/segments.html`);
    await addBlock(page, "tier");
    const [first] = await warehouse.rows<{tier: string}>(
      "select tier from insights.segment_profiles group by tier order by count(*) desc, tier limit 1"
    );
    const isFirst = await native(`tier = '${first!.tier}'`);
    await expectCount(page, isFirst);
    await page.getByLabel("Actions for Tier").click();
    await page.getByRole("menuitem", {name: "Negate"}).click();
    const all = await native("true");
    await expectCount(page, all - isFirst);
    await page.getByRole("button", {name: "Undo"}).click();
    await expectCount(page, isFirst);
    await page.getByRole("button", {name: "Redo"}).click();
    await expectCount(page, all - isFirst);
    await page.goBack();
    await expectCount(page, isFirst);
    await page.goBack();
    await page.goForward();
    await close();
  });

  it("shows saved audiences without the database, and opens them in the builder with the same count", async () => {
    server.sent.length = 0;
    const {page, close} = await openPage(browser, `${server.url}/segments.html`);
    expect(server.sent.filter(({path}) => /duckdb/.test(path))).toEqual([]);
    const saved = await warehouse.rows<{name: string; profiles: number}>(
      "select name, profiles from derived.audience_counts"
    );
    expect(saved.length).toBeGreaterThanOrEqual(3);
    for (const {name, profiles} of saved) {
      await page.getByRole("button", {name: `Open ${name}`}).click();
      await expectCount(page, profiles);
    }
    await close();
  });

  it("says nothing of a broken link but begins anew", async () => {
    const {page, errors, close} = await openPage(browser, `${server.url}/segments.html?rule=all-7.x&metric=nothing`);
    expect(await count(page)).toBe(await native("true"));
    expect(errors).toEqual([]);
    await close();
  });
});

async function addBlock(page: Page, search: string) {
  await page.getByRole("button", {name: "+ Condition"}).last().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("searchbox", {name: "Search blocks"}).fill(search);
  await page.keyboard.press("Enter");
}

async function native(condition: string): Promise<number> {
  return (await warehouse.value<number>(`select count(*) from insights.segment_profiles where ${condition}`))!;
}

async function count(page: Page): Promise<number> {
  return Number((await page.locator(".results .number-value").first().textContent())!.replace(/\D/g, ""));
}

async function expectCount(page: Page, expected: number) {
  const text = expected.toLocaleString("en-US");
  const shown = page.locator(".results .number-value").first();
  await page
    .waitForFunction((wanted) => document.querySelector(".results .number-value")?.textContent === wanted, text, {
      timeout: 30_000
    })
    .catch(() => {});
  expect(await shown.textContent()).toBe(text);
}
