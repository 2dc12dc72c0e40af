import {describe, expect, it} from "vitest";
import {violations} from "./accessibility.js";
import {openPage} from "./page.js";
import {sampleSite} from "./sampleSite.js";

const site = sampleSite();

const drawn = () => document.querySelectorAll("main figure svg[role=img]").length >= 3;

describe("the Audiences pages", () => {
  it("list every audience with its state, size and use, each a link to its page", async () => {
    const {page, errors, foreign, close} = await site.open("/audiences.html");
    const rows = page.locator(".table tbody tr");
    const names = await rows.locator("td:first-child a").allTextContents();
    expect(names).toContain("Top value, lapsing");
    expect(await rows.first().locator("td").nth(2).textContent()).toMatch(/^[\d,]+$/);
    expect(await violations(page)).toEqual([]);
    // By keyboard alone.
    await page.getByRole("link", {name: "Top value, lapsing"}).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(drawn);
    expect(page.url()).toBe(`${site.server.url}/audiences/top-value-lapsing.html`);
    expect([errors, foreign]).toEqual([[], []]);
    await close();
  });

  it("show one audience: its size, deciles, overlap, definition and members, on a phone and in the dark, too", async () => {
    for (const options of [{}, {width: 360, height: 740}, {colorScheme: "dark"}] as const) {
      const url = `${site.server.url}/audiences/top-value-lapsing.html`;
      const {page, errors, foreign, close} = await openPage(site.browser, url, options);
      await page.waitForFunction(drawn);
      expect(await page.locator("main h1").textContent()).toBe("Top value, lapsing");
      const titles = await page.locator("main figure h3").allTextContents();
      expect(titles.map((title) => title.split(" · ")[0])).toEqual([
        "Size over time",
        "Decile mix over time",
        "Overlap with other audiences"
      ]);
      const size = Number((await page.locator(".number-value").first().textContent())!.replaceAll(",", ""));
      const members = page.getByRole("region", {name: "Members", exact: true}).locator("tbody tr");
      expect(await members.count()).toBe(Math.min(20, size));
      expect(await members.first().locator("code").textContent()).toMatch(/^[0-9A-HJKMNP-TV-Z]{13}$/);
      expect(await page.locator(".definition pre").textContent()).toMatch(/^name: "Top value, lapsing"/);
      const room = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(room).toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
      expect([errors, foreign]).toEqual([[], []]);
      await close();
    }
  });

  it("open the definition in the builder, with the same count", async () => {
    const {page, close} = await site.open("/audiences/top-value-lapsing.html");
    await page.waitForFunction(drawn);
    const size = await page.locator(".number-value").first().textContent();
    await page.getByRole("link", {name: "Open in the builder"}).click();
    await page.waitForFunction((text) => document.querySelector(".results")?.textContent?.includes(text!), size, {
      timeout: 60_000
    });
    await close();
  });
});
