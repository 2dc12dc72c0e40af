import {spawn, type ChildProcess} from "node:child_process";
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {refresh} from "../../loaders/refresh.js";
import {projectRoot, readWorkspace} from "../../loaders/workspace.js";
import {testClock} from "../loaders/activate/fixture.js";
import {openShop, type Shop} from "../loaders/schedule/shop.js";
import {violations} from "./accessibility.js";
import {openBrowser} from "./chromium.js";
import {openPage, type OpenedPage} from "./page.js";

let shop: Shop;
let child: ChildProcess;
let browser: Browser;
let url: string;

beforeAll(async () => {
  shop = await openShop();
  const campaign = "arms:\n  mail: {share: 80}\n  none: {holdout: true, share: 20} # kept out\n";
  writeFileSync(join(shop.root, "campaigns/autumn.yaml"), `name: Autumn\n${campaign}`);
  // The campaign "thanks" has gone out; "autumn" has not.
  for (const hours of [2, 1]) {
    await refresh(readWorkspace({data: shop.root}), {clock: testClock(Date.now() - hours * 3_600_000)});
  }
  child = spawn(process.execPath, [join(projectRoot, "loaders/tenfold.js"), "preview", "--data", shop.root], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "ignore"]
  });
  url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec((text += chunk.toString()));
      if (found) resolve(found[0]);
    });
    child.on("close", (code) => reject(new Error(`preview ended with exit code ${code}`)));
  });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  if (child?.exitCode === null) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
  await shop?.close();
});

const open = (query = "", options: Parameters<typeof openPage>[2] = {}): Promise<OpenedPage> =>
  openPage(browser, `${url}/activation${query}`, options);
const pick = (page: Page, name: string) => page.locator(".wizard").getByRole("combobox", {name, exact: true});
const button = (page: Page, name: string) => page.locator(".wizard").getByRole("button", {name});
const file = (name: string) => readFileSync(join(shop.root, name), "utf8");

/** Fills in a new folder and a new campaign for the audience. */
async function fill(page: Page, destination: string, campaign: string) {
  await pick(page, "Audience").selectOption("lately");
  await pick(page, "Destination").selectOption({label: "A new destination …"});
  const names = page.locator(".wizard").getByLabel("Its name", {exact: true});
  await names.first().fill(destination);
  await pick(page, "Campaign").selectOption({label: "A new campaign …"});
  await names.nth(1).fill(campaign);
}

describe("the wizard in the preview", () => {
  it("shows what the holdout can show, says what is wrong by its name, plans, and writes valid files", async () => {
    const {page, errors, close} = await open();
    await fill(page, "Partner", "Spring");
    await page.locator(".wizard").getByLabel(/^Held out at random/).fill("30"); // prettier-ignore
    const power = await page.locator(".wizard-power").innerText();
    expect(power).toContain("Of 10 members 10 (100%) bought something in the 7 days before as-of");
    expect(power).toMatch(/With 30% held out, 3 people/);
    expect(power).toMatch(/A lift of 1 point cannot be: it would be more than everybody/);
    expect(power).toMatch(/They spent €\d+\.\d\d per head in those 7 days/);

    const from = page.locator(".wizard-mapping").getByLabel("Comes from, field 1");
    await from.fill("emial");
    await button(page, "Save").click();
    const alert = page.locator(".wizard [role=alert]");
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/destinations\/partner\.yaml:\d+: .*emial/);
    expect(existsSync(join(shop.root, "destinations/partner.yaml"))).toBe(false);

    await from.fill("identities.email");
    await button(page, "Dry run").click();
    await page.locator(".dry-run").waitFor();
    const dry = await page.locator(".dry-run").innerText();
    expect(dry).toMatch(/Of 10 members \d+ would be added/);
    expect(dry).not.toContain("@shop.example");
    await button(page, "Save").click();
    await page.locator(".wizard .good").waitFor();
    expect(file("destinations/partner.yaml")).toContain("from: identities.email");
    expect(file("campaigns/spring.yaml")).toMatch(/share: 70[^]*holdout: true\n\s+share: 30/);
    const saved = readWorkspace({data: shop.root});
    expect(saved.destinations.map(({id}) => id)).toContain("partner");
    expect(new URL(page.url()).search).toContain("to=partner");
    expect(errors.filter((error) => !error.includes("422"))).toEqual([]);
    await close();
  });

  it("asks for what is missing, and writes over nothing that is there already", async () => {
    const {page, close} = await open();
    await fill(page, "", "");
    expect(await page.locator(".wizard-missing").first().innerText()).toMatch(
      /Name the destination\.\s+Name the campaign\./
    );
    expect(await button(page, "Save").isDisabled()).toBe(true);
    await page.locator(".wizard").getByLabel("Its name", {exact: true}).first().fill("Late");
    await pick(page, "Campaign").selectOption("");
    await page.locator(".wizard-file").waitFor();
    const theirs = "name: Theirs\nkind: folder\npath: theirs\nfields: {id: id}\n";
    writeFileSync(join(shop.root, "destinations/late.yaml"), theirs);
    await button(page, "Save").click();
    await page.locator(".wizard [role=alert]").waitFor();
    expect(await page.locator(".wizard [role=alert]").innerText()).toContain("destinations/late.yaml: there is a file of this name already"); // prettier-ignore
    expect(file("destinations/late.yaml")).toBe(theirs);
    await close();
  });

  it("changes the holdout of a campaign that has not gone out, by the keyboard, and only shows that of one that has", async () => {
    const {page, close} = await open("?audience=lately&to=files&campaign=autumn");
    const share = page.locator(".wizard").getByLabel(/^Held out at random/);
    await share.waitFor();
    expect(await share.inputValue()).toBe("20");
    await share.focus();
    for (let i = 0; i < 5; ++i) await page.keyboard.press("ArrowRight");
    await page.locator(".wizard-file", {hasText: "campaigns/autumn.yaml"}).waitFor();
    await button(page, "Save").focus();
    await page.keyboard.press("Enter");
    await page.locator(".wizard .good").waitFor();
    expect(file("campaigns/autumn.yaml")).toMatch(
      /^name: Autumn\narms:[^]*mail:[^]*share: 75[^]*holdout: true[^]*share: 25/
    );
    await pick(page, "Campaign").selectOption("thanks");
    await expect.poll(() => page.locator(".wizard").innerText()).toContain("people are assigned already, and whoever is held out stays so"); // prettier-ignore
    expect(
      await page
        .locator(".wizard")
        .getByLabel(/^Held out at random/)
        .count()
    ).toBe(0);
    await close();
  });

  it("asks a destination whether it is there", async () => {
    const {page, close} = await open();
    const card = page.locator(".destinations > *", {hasText: "Letters"});
    await card.getByRole("button").click();
    await expect.poll(() => card.innerText()).toContain("lets us in");
    await close();
  });

  it.each(["light", "dark"] as const)(
    "is accessible and fits a phone with everything shown, %s",
    async (colorScheme) => {
      const {page, close} = await open("?audience=lately&to=files&campaign=autumn", {
        width: 390,
        height: 844,
        colorScheme
      });
      await page.locator(".wizard").getByLabel(/^Held out at random/).waitFor(); // prettier-ignore
      await button(page, "Dry run").click();
      await page.locator(".dry-run").waitFor();
      // The menu's toggle is Framework's; a build puts another in its place.
      expect((await violations(page)).filter((one) => !one.includes("observablehq-sidebar-toggle"))).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await close();
    }
  );
});
