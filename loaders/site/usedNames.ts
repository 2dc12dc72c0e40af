import {readFileSync} from "node:fs";
import {join} from "node:path";
import {siteRoot} from "./paths.js";
import {filesIn} from "./tree.js";

/**
 * The exports of a package that the site's own files use, where all of them say `import * as X from "package"` and
 * write `X.name`; undefined where one uses it otherwise, and needs it whole. The bundle of the built site holds these
 * alone: of Plot, a third less to download before the first chart.
 */
export function usedNames(name: string, root = siteRoot): string[] | undefined {
  const used = new Set<string>();
  for (const file of filesIn(root)) {
    if (!/\.(md|[jt]sx?)$/.test(file) || /^(\.observablehq|lib)\//.test(file)) continue;
    // A type is gone from what the browser gets.
    const types = new RegExp(`^import type .* from ["']${name}["'];?$`, "gm");
    const code = readFileSync(join(root, file), "utf8").replace(types, "");
    if (!code.includes(`"${name}"`) && !code.includes(`'${name}'`)) continue;
    const namespace = new RegExp(`import \\* as (\\w+) from ["']${name}["'];?`).exec(code);
    if (!namespace) return undefined;
    const rest = code.replace(namespace[0], "").replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
    if (rest.includes(`"${name}"`) || rest.includes(`'${name}'`)) return undefined;
    for (const [, member] of rest.matchAll(new RegExp(`(?<![\\w.])${namespace[1]}\\b(?:\\.(\\w+))?`, "g"))) {
      if (member === undefined) return undefined;
      if (/^[a-z]/.test(member)) used.add(member);
    }
  }
  return [...used].sort();
}
