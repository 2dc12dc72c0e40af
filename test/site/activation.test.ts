import type {Page} from "playwright-core";
import {describe, expect, it} from "vitest";
import {violations} from "./accessibility.js";
import type {PageOptions} from "./page.js";
import {sampleSite} from "./sampleSite.js";

const site = sampleSite();

const open = (query = "", options: PageOptions = {}) => site.open(`/activation.html${query}`, options);
const files = (page: Page) => page.locator(".wizard-file pre").allTextContents();

describe("the Activation page of a workspace that has sent nothing", () => {
  it("shows the destinations, says that nothing was sent, and asks no other host", async () => {
    const {page, errors, foreign, close} = await open();
    expect(await page.locator(".destinations h3").allTextContents()).toEqual(["Newsletter", "Partner's file"]);
    expect(await page.locator(".strip").textContent()).toContain("nothing sent yet");
    expect(await page.locator(".destinations").textContent()).not.toContain("localhost");
    expect(await page.locator("main").textContent()).toContain("Nothing is sent by itself");
    expect([errors, foreign]).toEqual([[], []]);
    await close();
  });

  it.each(["light", "dark"] as const)("is accessible and fits a phone, %s", async (colorScheme) => {
    const {page, close} = await open("?to=newsletter&campaign=winter-comeback", {width: 390, height: 844, colorScheme});
    await page.getByRole("combobox", {name: "Audience", exact: true}).selectOption({index: 1});
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await close();
  });
});

describe("the wizard of a built site", () => {
  it("works by the keyboard: a new campaign and destination as files to download, with what the holdout can show", async () => {
    const {page, errors, close} = await open();
    const wizard = page.locator(".wizard");
    const save = wizard.getByRole("button", {name: "Download the YAML"});
    expect(await save.isDisabled()).toBe(true);
    await wizard.getByRole("combobox", {name: "Audience", exact: true}).focus();
    const type = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await type("ArrowDown", "Tab", "End", "Tab");
    await page.keyboard.type("Weekly file");
    await wizard.getByRole("combobox", {name: "Campaign", exact: true}).focus();
    await type("End", "Tab");
    await page.keyboard.type("Summer");
    await wizard.getByLabel(/^Held out at random/).focus();
    await type("ArrowRight");
    await wizard.getByRole("combobox", {name: "Sent", exact: true}).selectOption("0 6 * * 1");
    await expect.poll(() => files(page).then((texts) => texts.join("\n"))).toMatch(/share: 21[^]*schedule: /);
    const [campaign, destination] = (await files(page)) as [string, string];
    expect(campaign).toMatch(/^name: Summer$[^]*share: 79\n[^]*holdout: true\n\s+share: 21$/m);
    expect(destination).toMatch(
      /^name: Weekly file$[^]*^kind: folder$[^]*campaign: summer\n\s+schedule: 0 6 \* \* 1$/m
    );
    const power = wizard.locator(".wizard-power");
    expect(await power.textContent()).toMatch(/With 21% held out, \d+ (person|people), /);
    expect(await power.textContent()).toMatch(/To see a lift of 1 point you need/);
    const downloads: string[] = [];
    page.on("download", (download) => downloads.push(download.suggestedFilename()));
    await save.click();
    await expect.poll(() => downloads).toEqual(["summer.yaml", "weekly-file.yaml"]);
    await wizard.getByRole("button", {name: "Dry run"}).click();
    expect(await page.locator(".wizard-dry code").textContent()).toMatch(/--campaign summer --dry-run$/);
    expect(errors).toEqual([]);
    await close();
  });

  it("keeps its choices in the address, and asks for the campaign that a mail belongs to", async () => {
    const {page, close} = await open("?to=newsletter");
    await page.getByRole("combobox", {name: "Audience", exact: true}).selectOption("rising");
    expect(new URL(page.url()).search).toBe("?to=newsletter&audience=rising");
    expect(await page.locator(".wizard-missing").first().textContent()).toContain("A mail belongs to a campaign");
    await page.getByRole("combobox", {name: "Campaign", exact: true}).selectOption("autumn-fares");
    expect(await page.locator(".wizard").textContent()).toContain("It holds out 20%, by its definition.");
    await page.getByRole("combobox", {name: "Sent", exact: true}).selectOption("0 6 * * *");
    await page.waitForSelector(".wizard-file");
    expect((await files(page))[0]).toBe("deliveries:\n  - audience: rising\n    campaign: autumn-fares\n    schedule: 0 6 * * *\n"); // prettier-ignore
    await close();
  });
});
