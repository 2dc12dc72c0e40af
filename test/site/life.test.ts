import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {readFile} from "node:fs/promises";
import {join} from "node:path";
import type {Page} from "playwright-core";
import {tableFromIPC, tableFromJSON, tableToIPC} from "apache-arrow";
import {describe, expect, it} from "vitest";
import {parse} from "yaml";
import {audienceDefinition} from "../../lib/definitions/audience.js";
import {openSnapshot} from "../../loaders/engine/snapshot.js";
import {refresh} from "../../loaders/refresh.js";
import {readWorkspace} from "../../loaders/workspace.js";
import {violations} from "./accessibility.js";
import {workbench} from "./workbench.js";

const bench = workbench("segments.html", "audiences/browsed-not-bought.html", "audiences/rising.html");
const file = (id: string) => join(bench.data, `audiences/${id}.yaml`);
const definition = (text: string) => audienceDefinition.parse(parse(text));

describe("the builder in a preview", () => {
  it("saves what the keyboard built into the workspace, where the next refresh counts it", async () => {
    const {page, errors, close} = await bench.open("/segments.html");
    const everybody = await counted(page);
    await addBlock(page, "frequency quintile");
    await page.getByRole("spinbutton").last().fill("3");
    await addBlock(page, "probability of being a customer");
    await page.getByRole("spinbutton").last().fill("0.5");
    await page.keyboard.press("Tab");
    await expect.poll(() => counted(page), {timeout: 30_000}).not.toBe(everybody);

    await page.getByRole("button", {name: "Save …"}).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("new and active ");
    await page.getByRole("textbox", {name: "Id"}).fill("mine");
    await page.keyboard.press("Enter");
    expect(await page.locator("dialog [role=status]").textContent()).toBe("✕ another audience (new-and-active) is called so: choose a name of its own"); // prettier-ignore
    expect(existsSync(file("mine"))).toBe(false);
    await page.getByRole("textbox", {name: "Id"}).fill("");
    await page.getByRole("textbox", {name: "Name"}).fill("");
    await page.keyboard.type("Champions, “alive” & <well>");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.locator("dialog").waitFor({state: "detached"});
    expect(await page.locator(".segments > [role=status]").textContent()).toBe("Champions, “alive” & <well> saved");
    const saved = definition(readFileSync(file("champions-alive-well"), "utf8"));
    expect(saved.name).toBe("Champions, “alive” & <well>");
    expect(saved.rule).toEqual({
      all: [
        {rfm: "f", at_least: 3},
        {value: "p_alive", at_least: 0.5}
      ]
    });
    const workspace = readWorkspace({data: bench.data});
    await refresh(workspace);
    const snapshot = (await openSnapshot(workspace))!;
    const profiles = await snapshot.value(
      "select profiles from derived.audience_counts where audience_id = 'champions-alive-well'"
    );
    snapshot.close();
    await expect.poll(() => counted(page), {timeout: 30_000}).toBe(Number(profiles).toLocaleString("en-US"));
    // The page asks first whether there is a file of this name: there is none.
    expect(errors.filter((error) => !error.includes("404"))).toEqual([]);
    await close();
  });

  it("opens an audience and writes or downloads it with everything that it does not edit", async () => {
    const id = "browsed-not-bought";
    const before = readFileSync(file(id), "utf8");
    expect(definition(before).split).toEqual({holdout: 10, arms: {}});
    const kept = `# kept\n${before.replace("rule:", "state: published # kept, too\nschedule: 0 6 * * 1\nrule:")}`;
    writeFileSync(file(id), kept);
    const {page, errors, close} = await bench.open(`/segments.html?audience=${id}`);
    expect(await page.locator(".wording pre").last().textContent()).toContain("split:\n  holdout: 10");
    await addBlock(page, "newsletter");
    await page.getByRole("button", {name: "Save …"}).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", {name: "Download the YAML"}).click();
    const downloaded = await readFile(await (await download).path(), "utf8");
    await page.locator("dialog").waitFor({state: "detached"});
    await page.getByRole("button", {name: "Save …"}).click();
    await page.getByRole("button", {name: "Save into the workspace"}).click();
    await page.locator("dialog").waitFor({state: "detached"});
    const written = readFileSync(file(id), "utf8");
    expect(downloaded).toBe(written);
    expect(written).toContain("# kept\n");
    expect(written).toContain("state: published # kept, too\nschedule: 0 6 * * 1\n");
    const [was, now] = [definition(kept), definition(written)];
    expect(now).toEqual({...was, rule: {all: [...(was.rule as {all: []}).all, {attribute: "newsletter", is: true}]}});
    expect(errors).toEqual([]);
    await close();
    writeFileSync(file(id), before);
  });

  it("finds a block among two hundred fields at once", async () => {
    const context = await bench.browser.newContext();
    await context.route(/segments_fields\..*\.arrow$/, async (route) => {
      const rows = tableFromIPC(await (await route.fetch()).body())
        .toArray()
        .map((row) => row!.toJSON());
      const first = rows.find(({kind}) => kind === "attribute");
      const more = Array.from({length: 200}, (_, i) => ({
        ...first,
        column_name: `f${i}`,
        name: `f${i}`,
        label: `Field ${i}`
      }));
      await route.fulfill({body: Buffer.from(tableToIPC(tableFromJSON([...rows, ...more].map(plain))))});
    });
    const page = await context.newPage();
    await page.goto(`${bench.url}/segments.html`);
    const search = page.getByRole("searchbox", {name: "Search blocks"});
    await search.waitFor();
    const times = await search.evaluate((input: HTMLInputElement) =>
      ["f", "fi", "field", "field 1", "field 19", "field 199", "field", "e", "", "nothing"].map((text) => {
        const start = performance.now();
        input.value = text;
        input.dispatchEvent(new Event("input", {bubbles: true}));
        void document.body.offsetHeight;
        return performance.now() - start;
      })
    );
    expect(times.toSorted((a, b) => a - b)[times.length / 2]).toBeLessThan(50);
    await search.fill("field 199");
    expect(await page.locator(".block-title").allTextContents()).toEqual(["Field 199"]);
    await context.close();
  });
});

describe("an audience's page in a preview", () => {
  it("deactivates and publishes it by its buttons, by keyboard alone", async () => {
    const {page, errors, close} = await bench.open("/audiences/browsed-not-bought.html", {width: 390, height: 844});
    const deactivate = page.getByRole("button", {name: "Deactivate …"});
    await deactivate.focus();
    await page.keyboard.press("Enter");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", {name: "Deactivate", exact: true}).focus();
    await page.keyboard.press("Enter");
    const said = page.locator(".life [role=status]");
    await expect.poll(() => said.textContent()).toContain("is inactive: its stays end with the next refresh");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("status");
    expect(definition(readFileSync(file("browsed-not-bought"), "utf8")).state).toBe("inactive");
    await page.getByRole("button", {name: "Publish"}).click();
    await expect.poll(() => said.textContent()).toContain("is published");
    expect(definition(readFileSync(file("browsed-not-bought"), "utf8")).state).toBe("published");
    expect(errors).toEqual([]);
    await close();
  });

  it("deletes one that is in use where another takes its place, and names what uses it", async () => {
    const user = "# theirs\nname: User\nrule: {audience: rising} # of them\n";
    writeFileSync(file("user"), user);
    const {page, errors, close} = await bench.open("/audiences/rising.html");
    await page.getByRole("button", {name: "Deactivate …"}).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("listitem").allTextContents()).toContain("audience user audiences/user.yaml");
    expect(await dialog.getByRole("button").allTextContents()).toEqual(["Close"]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", {name: "Delete …"}).click();
    expect(await violations(page)).toEqual([]);
    // Without a choice nothing happens.
    await dialog.getByRole("button", {name: "Replace and delete"}).click();
    expect(existsSync(file("rising"))).toBe(true);
    await dialog.getByRole("combobox", {name: "In its place"}).selectOption({label: "Top value, lapsing"});
    await dialog.getByRole("button", {name: "Replace and delete"}).click();
    await expect
      .poll(() => page.locator(".life [role=status]").textContent())
      .toContain("Now naming top-value-lapsing");
    expect(existsSync(file("rising"))).toBe(false);
    expect(readFileSync(file("user"), "utf8")).toBe(user.replace("audience: rising", "audience: top-value-lapsing"));
    expect(await page.getByRole("link", {name: "All audiences"}).isVisible()).toBe(true);
    expect(errors).toEqual([]);
    await close();
  });
});

function counted(page: Page): Promise<string | null> {
  return page.locator(".results .number-value").first().textContent();
}

async function addBlock(page: Page, search: string) {
  await page.getByRole("button", {name: "+ Condition"}).last().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("searchbox", {name: "Search blocks"}).fill(search);
  await page.keyboard.press("Enter");
}

/** Numbers as Arrow makes columns of them. */
function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === "bigint" ? Number(value) : value])
  );
}
