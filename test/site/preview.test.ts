import {spawn, type ChildProcess} from "node:child_process";
import {appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import type {Browser} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {projectRoot} from "../../loaders/workspace.js";
import type {Companion} from "../../src/components/companion.js";
import {makeFolder} from "../folder.js";
import {shopOrders} from "../shop.js";
import {openBrowser} from "./chromium.js";
import {openPage, type OpenedPage} from "./page.js";

const notebooks = join(projectRoot, "src/notebooks/zz-test");
const notebook = join(notebooks, "live.md");
const module = join(projectRoot, "lib/zz-test.ts");
let root: string;
let child: ChildProcess;
let browser: Browser;
let opened: OpenedPage;
let stderr = "";

beforeAll(async () => {
  root = makeWorkspace();
  mkdirSync(notebooks, {recursive: true});
  writeFileSync(module, 'export const word = "early";\n');
  writeFileSync(notebook, page("first"));
  child = spawn(process.execPath, [join(projectRoot, "loaders/tenfold.js"), "preview", "--data", root], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"]
  });
  child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec((text += chunk.toString()));
      if (found) resolve(found[0]);
    });
    child.on("close", (code) => reject(new Error(`preview ended with exit code ${code}:\n${stderr}`)));
  });
  browser = await openBrowser();
  opened = await openPage(browser, `${url}/notebooks/zz-test/live`);
});

afterAll(async () => {
  await browser?.close();
  if (child?.exitCode === null) child.kill("SIGKILL");
  rmSync(notebooks, {recursive: true, force: true});
  rmSync(module, {force: true});
  rmSync(root, {recursive: true, force: true});
});

/** Waits until the page says so. */
async function says(text: string) {
  await opened.page.waitForFunction((expected) => document.body.innerText.includes(expected), text, {timeout: 120_000});
}

describe("tenfold preview", () => {
  it("shows the notebook with the workspace's numbers", async () => {
    await says("first: 3 orders, 60 in all");
    expect(opened.errors).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });

  it("shows a landed file's new rows, a changed model, page and module of lib/ without a restart", async () => {
    appendFileSync(join(root, "landing/orders/orders.csv"), "4,d,2024-01-04,40\n");
    await says("first: 4 orders, 100 in all");
    const model = join(root, "models/totals.sql");
    writeFileSync(model, readFileSync(model, "utf8").replace("sum(value)", "2 * sum(value)"));
    await says("first: 4 orders, 200 in all");
    writeFileSync(notebook, page("second"));
    await says("second: 4 orders, 200 in all, early");
    writeFileSync(module, 'export const word = "late";\n');
    await says("second: 4 orders, 200 in all, late");
  });

  it("shows a notebook's new title among the pages", async () => {
    writeFileSync(notebook, page("second").replace("# Live", "# Livelier"));
    await opened.page.waitForFunction(
      () => {
        if (document.querySelector("#observablehq-sidebar")?.textContent?.includes("Livelier")) return true;
        location.reload();
        return false;
      },
      undefined,
      {timeout: 60_000, polling: 2000}
    );
    await says("second: 4 orders, 200 in all");
  });

  it("names a language, lets a phone enlarge the page, and asks no other host", async () => {
    const {page} = opened;
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
    expect(await page.evaluate(() => document.querySelector<HTMLMetaElement>("meta[name=viewport]")!.content)).toBe(
      "width=device-width, initial-scale=1"
    );
    const refused = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.blockedURI));
          document.body.append(Object.assign(new Image(), {src: "https://elsewhere.example/pixel.png"}));
        })
    );
    expect(refused).toBe("https://elsewhere.example/pixel.png");
    opened.errors.length = 0;
    expect(opened.foreign.filter((url) => !url.includes("elsewhere"))).toEqual([]);
  });

  it("goes on with the last good numbers when a definition is wrong, and says so", async () => {
    const source = join(root, "sources/orders.yaml");
    const good = readFileSync(source, "utf8");
    writeFileSync(source, `${good}nonsense: true\n`);
    while (!/nonsense/.test(stderr)) await new Promise((resolve) => child.stderr!.once("data", resolve));
    await says("sources/orders.yaml:");
    await says("nonsense");
    await says("second: 4 orders, 200 in all");
    writeFileSync(source, good);
    appendFileSync(join(root, "landing/orders/orders.csv"), "5,e,2024-01-05,50\n");
    await says("second: 5 orders, 300 in all");
  });

  it("lets its own pages write a definition into the workspace, through the companion, and shows what is wrong", async () => {
    const asked = opened.foreign.length;
    const save = (rule: string) =>
      opened.page.evaluate(
        ([id, text]) =>
          (window as unknown as {companion: Companion}).companion
            .save("audiences", id!, text!, null)
            .then(({file}) => file, ({message}: Error) => message), // prettier-ignore
        ["spenders", `name: Spenders\nrule: ${rule}\n`]
      );
    expect(await save("{metric: spned, lookback: lifetime, at_least: 1}")).toContain('audiences/spenders.yaml:2: rule: unknown metric "spned"'); // prettier-ignore
    expect(await save("{metric: spend, lookback: lifetime, at_least: 20}")).toBe("audiences/spenders.yaml");
    expect(readFileSync(join(root, "audiences/spenders.yaml"), "utf8")).toContain("at_least: 20");
    const {count, method} = await opened.page.evaluate(() =>
      (window as unknown as {companion: Companion}).companion.count({
        metric: "spend",
        lookback: "lifetime",
        at_least: 20
      })
    );
    expect([count, method]).toEqual([4, "exact"]);
    const audiences = await openPage(browser, new URL("/audiences", opened.page.url()).href);
    const row = audiences.page.getByRole("row", {name: "Spenders"});
    await row.waitFor({timeout: 120_000});
    expect(await row.textContent()).toContain("published");
    await audiences.close();
    expect(opened.foreign.slice(asked).filter((url) => new URL(url).hostname !== "127.0.0.1")).toEqual([]);
  });

  it("ends when it is told to", async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    await expect(fetch(new URL(opened.page.url()))).rejects.toThrow();
  });
});

function page(name: string): string {
  return `# Live

\`\`\`js
import {Strip} from "/components/Strip.js";
import {companion} from "/components/companion.js";
import {word} from "/lib/zz-test.js";
window.companion = companion();
const meta = FileAttachment("/data/meta.arrow").arrow();
\`\`\`

\`\`\`js
display(Strip(meta.get(0).toJSON()));
\`\`\`

\`\`\`js
const totals = FileAttachment("/data/derived.totals.arrow").arrow();
\`\`\`

${name}: \${totals.get(0).orders} orders, \${totals.get(0).value} in all, \${word}
`;
}

function makeWorkspace(): string {
  return makeFolder({
    "workspace.yaml":
      "name: Shop\ncurrency: EUR\nhistory: 0\nmetrics: {spend: {events: [commerce.purchase], expression: sum(value)}}\n",
    "sources/orders.yaml": shopOrders,
    "landing/orders/orders.csv": "id,customer,day,amount\n1,a,2024-01-01,10\n2,b,2024-01-02,20\n3,c,2024-01-03,30\n",
    "models/totals.sql": `/* ---
name: derived.totals
description: All there is.
grain: one row
publish: aggregate
--- */
select count(*)::integer as orders, sum(value)::double as value from core.events
`
  });
}
