import {describe, expect, it} from "vitest";
import {violations} from "./accessibility.js";
import {sampleSite} from "./sampleSite.js";

const site = sampleSite();

describe("a campaign's report", () => {
  it("is reached from the Campaigns page and shows its figures and checks", async () => {
    const {page, errors, foreign, close} = await site.open("/campaigns.html");
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
    const {page, close} = await site.open("/campaigns/winter-comeback.html");
    await page.waitForFunction(() => document.querySelectorAll("main figure svg[role=img]").length >= 8);
    const pdf = (await page.pdf({format: "A4", preferCSSPageSize: true})).toString("latin1");
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(2);
    // On the width of a sheet no table is cut off.
    await page.emulateMedia({media: "print"});
    await page.setViewportSize({width: 718, height: 1047});
    const cut = await page.locator(".table-scroll").evaluateAll((tables) => tables.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.getAttribute("aria-label"))); // prettier-ignore
    expect(cut).toEqual([]);
    await close();
  });
});
