import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {inject} from "vitest";
import {projectRoot} from "../../loaders/workspace.js";
import {tenfoldOffline} from "./offline.js";

export interface BuiltSample {
  data: string;
  out: string;
  /** What the build wrote to stderr. */
  log: string;
  remove(): void;
}

/** The sample's site for tests that only read it: built by the first of a run that asks. */
export async function sharedSample(): Promise<Omit<BuiltSample, "remove">> {
  const built = join(inject("sharedFolder"), "sample.json");
  if (!existsSync(built)) {
    const {data, out, log} = await buildSample(inject("sharedFolder"));
    writeFileSync(built, JSON.stringify({data, out, log}));
  }
  return JSON.parse(readFileSync(built, "utf8")) as BuiltSample;
}

/** Builds the sample's site with 300 members, by default in a folder of its own, the network blocked. */
export async function buildSample(folder = mkdtempSync(join(tmpdir(), "tenfold-site-"))): Promise<BuiltSample> {
  const data = join(folder, "data");
  const out = join(folder, "dist");
  const skip = /\/data\/(examples|landing|warehouse)(\/|$)/;
  cpSync(join(projectRoot, "data"), data, {recursive: true, filter: (path) => !skip.test(path)});
  // Ids, and samples drawn by ids, come from the workspace's key: a fixed one, or each run would test other people.
  mkdirSync(join(data, "warehouse"));
  writeFileSync(join(data, "warehouse/key"), "the key of the tests");
  const remove = () => rmSync(folder, {recursive: true, force: true});
  for (const args of [
    ["sample", "--data", data, "--customers", "300"],
    ["build", "--data", data, "--out", out]
  ]) {
    const {code, stderr, stdout} = await tenfoldOffline(...args);
    // Some of the sample's files are broken on purpose: the checks fail (3), the site is built.
    if (args[0] === "build" && (code === 0 || code === 3)) return {data, out, log: stderr, remove};
    if (code !== 0) {
      remove();
      throw new Error(`tenfold ${args[0]} ended with exit code ${code}:\n${stdout}\n${stderr}`);
    }
  }
  throw new Error("unreachable");
}
