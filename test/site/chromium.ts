import {spawnSync} from "node:child_process";
import {existsSync} from "node:fs";
import {chromium, type Browser} from "playwright-core";

/**
 * Starts the Chromium that is there: CHROME_PATH, else the usual places, else one installed now where that is possible
 * (Debian, as root). Throws what to do otherwise.
 */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
  });
}

function chromiumPath(): string {
  const given = process.env.CHROME_PATH;
  if (given && !existsSync(given)) throw new Error(`no such file: CHROME_PATH=${given}`);
  const found = given ?? places.find(existsSync);
  if (found) return found;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync("/usr/bin/apt-get")) {
    console.error("installing chromium, which the site's tests need");
    const apt = (...args: string[]) =>
      spawnSync("apt-get", args, {stdio: "ignore", env: {...process.env, DEBIAN_FRONTEND: "noninteractive"}});
    apt("update");
    apt("install", "-y", "--no-install-recommends", "chromium");
    const installed = places.find(existsSync);
    if (installed) return installed;
  }
  throw new Error(
    "the site's tests need Chromium: install it (Debian: apt-get install chromium; macOS: brew install --cask chromium) or name one by CHROME_PATH"
  );
}

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium"
];
