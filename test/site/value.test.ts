import type {Page} from "playwright-core";
import {describe, expect, it} from "vitest";
import {violations} from "./accessibility.js";
import {openPage} from "./page.js";
import {sampleSite} from "./sampleSite.js";

const site = sampleSite();

describe("the Value page", () => {
  it("shows every display with its figures, and takes neither database nor histories before somebody asks", async () => {
    site.server.sent.length = 0;
    const {page, errors, foreign, close} = await site.open("/value.html");
    const half = await site.warehouse.value<number>(`
      select count(*) filter (above * 2 < total) from (
        select sum(expected_value) over (order by expected_value desc, profile_id) - expected_value as above,
          sum(expected_value) over () as total
        from derived.lifetime_value where expected_value > 0
      )`);
    expect(await page.locator(".value-lead").textContent()).toContain(`${half} customers of`);
    await page.waitForFunction(() => document.querySelectorAll("main figure svg[role=img]").length >= 5);
    expect(await page.locator("main .empty").count()).toBe(0);
    expect(site.server.sent.filter(({path}) => /duckdb|value_(histories|spend)/.test(path))).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    await close();
  });

  it("refits in a worker while one watches, and its link shows the same", async () => {
    const {page, errors, close} = await site.open("/value.html");
    const refreshed = await site.warehouse.value<number>("select sum(expected_value) from derived.lifetime_value");
    await page.getByLabel("Margin, %").fill("50");
    await page.waitForSelector(".value-compare thead th:nth-child(3)");
    expect(page.workers().some((worker) => /fitWorker/.test(worker.url()))).toBe(true);
    expect((await refitted(page, "Parameters")).split(" ±")[0]).toBe(
      (await lastRefresh(page, "Parameters")).split(" ±")[0]
    );
    expect(amount(await refitted(page, "Value (forecast)"))).toBeCloseTo(refreshed! / 2000, 0);

    await page.getByLabel("Model").selectOption("nbd");
    await page.waitForFunction(
      () => document.querySelector(".value-compare tbody td:nth-child(3)")?.textContent === "NBD"
    );
    expect(await refitted(page, "Still customers")).toBe("not told by the data");
    expect(page.url()).toContain("model=nbd");

    const again = await openPage(site.browser, page.url());
    await again.page.waitForSelector(".value-compare thead th:nth-child(3)");
    expect(await refitted(again.page, "Value (forecast)")).toBe(await refitted(page, "Value (forecast)"));
    expect(await violations(page)).toEqual([]);
    expect([...errors, ...again.errors]).toEqual([]);
    await again.close();
    await close();
  });

  it("looks customers up in plain words", async () => {
    const {page, errors, close} = await site.open("/value.html");
    await page.getByRole("button", {name: "Show the first 20"}).click();
    const rows = page.locator(".lookup-result tbody tr");
    await rows.first().waitFor();
    expect(await rows.count()).toBe(20);
    const id = (await rows.nth(3).locator("td").first().textContent())!.trim();
    const line = await rows.nth(3).textContent();
    expect(line).toMatch(/orders? in 12 months.* expected, likely .* to /);
    await page.getByLabel("Customer id").fill(id);
    await page.getByRole("button", {name: "Look up"}).click();
    await page.waitForFunction(() => document.querySelectorAll(".lookup-result tbody tr").length === 1);
    expect(await rows.first().textContent()).toBe(line);
    await page.getByLabel("Customer id").fill("nobody");
    await page.getByRole("button", {name: "Look up"}).click();
    expect(await page.locator(".lookup-result").textContent()).toContain("is no customer id");
    expect(errors).toEqual([]);
    await close();
  });
});

async function cell(page: Page, label: string, column: number): Promise<string> {
  const row = page.locator(".value-compare tbody tr", {hasText: label}).first();
  return (await row.locator("td").nth(column).textContent())!.trim();
}

const lastRefresh = (page: Page, label: string) => cell(page, label, 0);
const refitted = (page: Page, label: string) => cell(page, label, 1);

/** Thousands in a short amount. */
function amount(text: string): number {
  return Number(/([\d.]+)k/.exec(text)?.[1]);
}
