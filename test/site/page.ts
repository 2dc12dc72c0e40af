import type {Browser, Page} from "playwright-core";

export interface OpenedPage {
  page: Page;
  /** Console errors and uncaught exceptions. */
  errors: string[];
  /** Requests to any other host. */
  foreign: string[];
  close(): Promise<void>;
}

export interface PageOptions {
  width?: number;
  height?: number;
  colorScheme?: "light" | "dark";
}

/** Opens a page and waits until its cells have run; records what goes wrong. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<OpenedPage> {
  const {width = 1280, height = 900, colorScheme} = options;
  const context = await browser.newContext({viewport: {width, height}, colorScheme});
  const page = await context.newPage();
  const errors: string[] = [];
  const foreign: string[] = [];
  const {origin} = new URL(url);
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("response", (response) => {
    if (response.status() >= 400) errors.push(`${response.status()} ${response.url()}`);
  });
  page.on("request", (request) => {
    const at = new URL(request.url());
    if (at.origin !== origin && !/^(data|blob|about):/.test(at.protocol)) foreign.push(request.url());
  });
  await page.goto(url, {waitUntil: "load"});
  await settle(page);
  return {page, errors, foreign, close: () => context.close()};
}

/** Waits until no cell is pending and the network is quiet. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelectorAll("observablehq-loading").length === 0, undefined, {
    timeout: 60_000
  });
  await page.waitForLoadState("networkidle");
}
