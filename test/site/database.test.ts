import type {Page} from "playwright-core";
import {describe, expect, it} from "vitest";
import {sampleSite} from "./sampleSite.js";

const site = sampleSite();

/** Asks the Deciles page for an example customer under the given condition; returns what it says. */
async function ask(prepare: (page: Page) => Promise<unknown>): Promise<string> {
  const {page, close} = await site.open("/deciles.html");
  await prepare(page);
  await page.getByRole("button", {name: "An example"}).click();
  await page.waitForFunction(() => !/^(Looking …)?$/.test(document.querySelector(".lookup-result")!.textContent!));
  const text = await page.locator(".lookup-result").innerText();
  expect(await page.locator("main figure svg[role=img]").count()).toBeGreaterThan(3);
  await close();
  return text;
}

describe("openDatabase()", () => {
  it("tries once more when a file does not come", async () => {
    let requests = 0;
    const text = await ask((page) =>
      page.route(/duckdb-eh.*\.gz/, (route) => (++requests === 1 ? route.abort() : route.continue()))
    );
    expect(text).toContain("Every rank of");
    expect(requests).toBe(2);
  });

  it("says what failed when it does not come again, and leaves the charts", async () => {
    const text = await ask((page) => page.route(/duckdb-eh.*\.gz/, (route) => route.abort()));
    expect(text).toMatch(
      /The lookup did not work\.\s+the database could not be loaded: .*; reload the page to try again/
    );
  });

  it("does not wait without end for a worker that does not start", async () => {
    const text = await ask((page) =>
      page.route(/duckdb-eh\.worker/, (route) => route.fulfill({status: 404, body: ""}))
    );
    expect(text).toContain("the database could not be loaded");
  });

  it("says so where the browser has no WebAssembly", async () => {
    const text = await ask((page) =>
      page.evaluate(() => Object.defineProperty(globalThis, "WebAssembly", {value: undefined}))
    );
    expect(text).toContain("this browser has no WebAssembly or no workers");
  });
});
