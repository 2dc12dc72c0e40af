import {mkdirSync, statSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, expect, it} from "vitest";
import type {Browser} from "playwright-core";
import {refresh} from "../../loaders/refresh.js";
import {readWorkspace} from "../../loaders/workspace.js";
import {testClock} from "../loaders/activate/fixture.js";
import {tenfoldBeside} from "../loaders/commands/tenfold.js";
import {openShop, type Shop} from "../loaders/schedule/shop.js";
import {openBrowser} from "./chromium.js";
import {openPage} from "./page.js";
import {serveFolder, type StaticServer} from "./server.js";

let shop: Shop;
let server: StaticServer;
let browser: Browser;
let out: string;

beforeAll(async () => {
  shop = await openShop();
  out = join(shop.root, "dist");
  server = await serveFolder(out);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await shop?.close();
});

/** A campaign that was to hold out half, and of whose held-out people most are missing. */
function landBroken() {
  const write = (name: string, text: string) => {
    mkdirSync(join(shop.root, name, ".."), {recursive: true});
    writeFileSync(join(shop.root, name), text);
  };
  const rows = Array.from({length: 66}, (_, i) => `x${i}@shop.example,${i < 60 ? "mail" : "none"}`);
  write("landing/assigned/assigned.csv", ["customer,arm", ...rows, ""].join("\n"));
  write(
    "sources/assigned.yaml",
    `columns: {customer: {required: true, personal: true}, arm: {required: true}}
identities: [{namespace: email, from: customer, primary: true}]
time: {constant: 2024-03-01}
events: [{type: campaign.assigned, campaign: "'half'", properties: {arm: {from: arm}}}]
`
  );
  write("campaigns/half.yaml", "name: Half\narms: {mail: {share: 1}, none: {share: 1, holdout: true}}\nmargin: 0.5\n");
}

const round = () => tenfoldBeside("schedule", "--once", "--data", shop.root, "--out", out);
const earlier = (hours: number) =>
  refresh(readWorkspace({data: shop.root}), {clock: testClock(Date.now() - hours * 3_600_000)});
const text = async (path: string, selector: string) => {
  const {page, close} = await openPage(browser, `${server.url}/${path}`);
  const found = await page.locator(selector).first().textContent();
  await close();
  return found;
};

it("a round takes a landed event to the audience, the mail, the file and the built page; one with nothing new builds nothing", async () => {
  landBroken();
  await earlier(2);
  await earlier(1);
  shop.land("second", [["p1@shop.example", "2024-03-08"]]);
  const first = await round();
  expect(first.stdout, first.stderr).toMatch(/1 file taken in; .*lately to files, due .*: done, added 1, updated 0, removed 1; lately to letters, .*added 1, .*; site of \d+ pages built/); // prettier-ignore
  expect(shop.mails.at(-1)).toBe("p1@shop.example");
  expect(await text("activation.html", ".strip")).toContain("4 deliveries");
  expect(await text("activation.html", "main")).toContain("held out");
  expect(await text("audiences/lately.html", "main")).toMatch(/10/);
  const stopped = await text("campaigns/half.html", "main");
  expect(stopped).toContain("The report stops here");
  expect(stopped).not.toMatch(/Incremental profit|made no clear difference|points more/);
  const built = statSync(out).ino;
  const second = await round();
  expect([second.stdout.includes("site"), statSync(out).ino]).toEqual([false, built]);
});
