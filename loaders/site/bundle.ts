import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {build, type Plugin} from "esbuild";
import {projectRoot} from "../workspace.js";

const bundles = new Map<string, Promise<string>>();

/** An installed package as one browser module, its dependencies inside. */
export function bundlePackage(name: string): Promise<string> {
  let bundle = bundles.get(name);
  if (!bundle) bundles.set(name, (bundle = make(name)));
  return bundle;
}

/** Changes whenever a bundle may: with the installed packages, and with this file. */
export function bundleRevision(): string {
  const hash = createHash("sha256");
  hash.update(readFileSync(import.meta.filename));
  hash.update(readFileSync(join(projectRoot, "package-lock.json")));
  return hash.digest("hex");
}

async function make(name: string): Promise<string> {
  const result = await build({
    stdin: {contents: `export * from ${JSON.stringify(name)};`, resolveDir: projectRoot},
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "none",
    define: {"process.env.NODE_ENV": '"production"'},
    write: false,
    logLevel: "error",
    plugins: [withoutEval]
  });
  return result.outputFiles[0]!.text;
}

/** d3-dsv makes its row objects with `new Function`, which the site's content security policy forbids. */
const withoutEval: Plugin = {
  name: "without-eval",
  setup({onLoad}) {
    onLoad({filter: /d3-dsv\/dist\/d3-dsv\.mjs$/}, ({path}) => {
      const source = readFileSync(path, "utf8");
      const start = source.indexOf("function objectConverter");
      const end = source.indexOf("function customConverter");
      if (start < 0 || end < start) throw new Error(`d3-dsv has changed: no objectConverter in ${path}`);
      const converter = `function objectConverter(columns) {
  return (d) => Object.fromEntries(columns.map((name, i) => [name, d[i] || ""]));
}
`;
      return {contents: source.slice(0, start) + converter + source.slice(end)};
    });
  }
};
