import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {bundlePackage, bundleRevision} from "./bundle.js";
import {cacheRoot} from "./paths.js";
import {packageVersion} from "./packages.js";
import {usedNames} from "./usedNames.js";

/**
 * Fills Framework's caches so that nothing is ever looked up on the network: the folders whose names its own client
 * resolves versions from, and the browser libraries, each as one file.
 */
export async function seedCaches(mode: "build" | "preview"): Promise<void> {
  const stamp = join(cacheRoot, "_npm", ".tenfold");
  const revision = bundleRevision();
  const fresh = existsSync(stamp) && readFileSync(stamp, "utf8") === revision;
  if (!fresh) for (const folder of ["_npm", "_node"]) rmSync(join(cacheRoot, folder), {recursive: true, force: true});
  for (const [name, version] of Object.entries(lookedUp)) seedFolder(name, version);
  await Promise.all(provided.flatMap(({name, npm, node}) => [npm && toNpm(name), node && toNode(name)]));
  await seedPlot(mode);
  if (!fresh) writeFileSync(stamp, revision);
}

/** Names that Framework's client mentions in dynamic imports: it resolves their versions on every build (1.13.4). */
const lookedUp: Record<string, string> = {
  react: "18.3.1",
  "react-dom": "18.3.1",
  lodash: "4.17.21",
  arquero: "7.2.1",
  echarts: "5.6.0",
  leaflet: "1.9.4",
  "mapbox-gl": "3.9.0",
  "topojson-client": "3.1.0",
  "parquet-wasm": "0.6.1",
  "@observablehq/sample-datasets": "1.0.1"
};

/** Libraries served from node_modules, by `npm:` name (also implicit names such as Plot), by bare name, or both. */
const provided = [
  {name: "@observablehq/plot", npm: true, node: false},
  {name: "@observablehq/inputs", npm: true, node: true},
  {name: "d3", npm: true, node: true},
  {name: "d3-dsv", npm: true, node: true},
  {name: "apache-arrow", npm: true, node: true},
  {name: "htl", npm: true, node: true},
  {name: "isoformat", npm: true, node: true},
  {name: "@duckdb/duckdb-wasm", npm: false, node: true}
];

/** The built site's own charts take what they use of Plot; a preview, where charts are being written, all of it. */
async function seedPlot(mode: "build" | "preview") {
  const name = "@observablehq/plot";
  const only = mode === "build" ? usedNames(name) : undefined;
  const path = join(cacheRoot, "_node", `${name}@${packageVersion(name)}`, "index.js");
  const head = `/* ${only?.join(" ") ?? "all"} */\n`;
  if (existsSync(path) && readFileSync(path, "utf8").startsWith(head)) return;
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, head + (await bundlePackage(name, only)));
}

async function toNpm(name: string) {
  const folder = seedFolder(name, packageVersion(name));
  await write(join(folder, "_esm.js"), name);
}

async function toNode(name: string) {
  await write(join(cacheRoot, "_node", `${name}@${packageVersion(name)}`, "index.js"), name);
}

async function write(path: string, name: string) {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, await bundlePackage(name));
}

/** Makes the folder `<name>@<version>`; an older version beside it would win, so it goes. */
function seedFolder(name: string, version: string): string {
  const folder = join(cacheRoot, "_npm", `${name}@${version}`);
  const parent = dirname(folder);
  mkdirSync(folder, {recursive: true});
  const prefix = `${name.split("/").at(-1)}@`;
  for (const other of readdirSync(parent)) {
    if (other.startsWith(prefix) && join(parent, other) !== folder) rmSync(join(parent, other), {recursive: true});
  }
  return folder;
}
