import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {build} from "esbuild";
import {projectRoot} from "../workspace.js";
import {patched} from "./patches.js";

const bundles = new Map<string, Promise<string>>();

/** An installed package as one browser module, its dependencies inside: all of it, or some of its exports. */
export function bundlePackage(name: string, only?: string[]): Promise<string> {
  const exported = only ? `{${only.join(", ")}}` : "*";
  const contents = `export ${exported} from ${JSON.stringify(name)};`;
  let bundle = bundles.get(contents);
  if (!bundle) bundles.set(contents, (bundle = make(contents)));
  return bundle;
}

/** Changes whenever a bundle may: with the installed packages, and with this file. */
export function bundleRevision(): string {
  const hash = createHash("sha256");
  for (const name of ["bundle.ts", "patches.ts"]) hash.update(readFileSync(join(import.meta.dirname, name)));
  hash.update(readFileSync(join(projectRoot, "package-lock.json")));
  return hash.digest("hex");
}

async function make(contents: string): Promise<string> {
  const result = await build({
    stdin: {contents, resolveDir: projectRoot},
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "none",
    define: {"process.env.NODE_ENV": '"production"'},
    write: false,
    logLevel: "error",
    plugins: [patched]
  });
  return result.outputFiles[0]!.text;
}
