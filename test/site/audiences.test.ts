import {tableFromIPC, tableToIPC, Utf8, vectorFromArray} from "apache-arrow";
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

  it("show names for what they are, and say of one that fails why", async () => {
    const odd = `=1+1 <img src=x onerror="document.title = 'run'"> '; drop table x; --`;
    const reason = "audiences/rising.yaml:5: rule: unknown attribute “<b>teir</b>”";
    const context = await site.browser.newContext({viewport: {width: 390, height: 844}});
    await context.route(/\/audiences\.\w+\.arrow$/, async (route) => {
      const table = tableFromIPC(await (await route.fetch()).body());
      const column = (name: string, value: string) => {
        const ids = [...table.getChild("audience_id")!] as string[];
        const old = [...table.getChild(name)!] as (string | null)[];
        return vectorFromArray(
          ids.map((id, i) => (id === "rising" ? value : old[i]!)),
          new Utf8()
        );
      };
      const changed = table.setChild("name", column("name", odd)).setChild("failure", column("failure", reason));
      await route.fulfill({body: Buffer.from(tableToIPC(changed))});
    });
    const page = await context.newPage();
    await page.goto(`${site.server.url}/audiences.html`);
    await page.getByRole("link", {name: odd}).waitFor();
    expect(await page.getByRole("row", {name: odd}).textContent()).toContain("published, failed");
    expect(await violations(page)).toEqual([]);
    await page.goto(`${site.server.url}/audiences/rising.html`);
    await page.getByText(reason).waitFor();
    expect(await page.locator("main h1").textContent()).toBe(odd);
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.title()).not.toBe("run");
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
    await context.close();
  });
});
