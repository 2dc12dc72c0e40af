import type {Browser} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {violations} from "./accessibility.js";
import {openBrowser} from "./chromium.js";
import {openPage} from "./page.js";
import {sharedSample} from "./sample.js";
import {serveFolder, type StaticServer} from "./server.js";

let server: StaticServer;
let browser: Browser;

beforeAll(async () => {
  const site = await sharedSample();
  server = await serveFolder(site.out);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe("a campaign's report", () => {
  it("is reached from the Campaigns page and shows its figures and checks", async () => {
    const {page, errors, foreign, close} = await openPage(browser, `${server.url}/campaigns.html`);
    await page.getByRole("link", {name: /^The report of/}).click();
    await page.waitForFunction(() => document.querySelectorAll("main figure svg[role=img]").length >= 8);
    expect(page.url()).toMatch(/\/campaigns\/[a-z-]+\.html$/);
    const checks = await page.locator(".checks dt").allTextContents();
    expect(checks[0]).toBe("Sizes of the arms");
    expect(checks.some((check) => check.startsWith("A/A:"))).toBe(true);
    expect(checks.some((check) => check.startsWith("Adjusted for the time before"))).toBe(true);
    expect(await violations(page)).toEqual([]);
    expect([errors, foreign]).toEqual([[], []]);
    await close();
  });

  it("prints on two sheets", async () => {
    const {page, close} = await openPage(browser, `${server.url}/campaigns/winter-comeback.html`);
    await page.waitForFunction(() => document.querySelectorAll("main figure svg[role=img]").length >= 8);
    const pdf = (await page.pdf({format: "A4", preferCSSPageSize: true})).toString("latin1");
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(2);
    await close();
  });
});
