export interface SiteFiles {
  /** Every file of the site, as a relative path. */
  names: Set<string>;
  /** HTML by file name. */
  pages: Map<string, string>;
}

/** A module's static and dynamic imports lead to files of the site. */
export function* checkModule(name: string, code: string, {names}: SiteFiles): Generator<string> {
  for (const specifier of importsOf(code)) {
    if (/^https?:|^\/\//.test(specifier)) yield `imports from another host: ${specifier}`;
    else if (!/^\.{0,2}\//.test(specifier)) yield unresolved(specifier);
    else {
      const {pathname} = new URL(specifier, `http://site/${name}`);
      if (pathname.endsWith("/stdlib/duckdb.js")) {
        yield "front matter `sql:` and `DuckDBClient` need the network: use a ```sql fence over the published tables";
      } else if (!names.has(decodeURIComponent(pathname.slice(1))))
        yield `imports a file that is not there: ${specifier}`;
    }
  }
}

/** A stylesheet takes nothing from another host. */
export function* checkStyle(css: string): Generator<string> {
  for (const [, url] of css.matchAll(/(?:url\(\s*["']?|@import\s+["'])((?:https?:)?\/\/[^"')\s]+)/g)) {
    yield `takes ${url} from another host`;
  }
}

/** What stands in import and export statements and in `import("…")`. */
export function importsOf(code: string): string[] {
  const statements = code.matchAll(/(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}\s,$]+?\s*from\s*)?(["'])([^"'\n]+)\1/g);
  const calls = code.matchAll(/\bimport\(\s*(["'])([^"'\n]+)\1\s*\)/g);
  return [...new Set([...statements, ...calls].map((match) => match[2]!))];
}

function unresolved(specifier: string): string {
  return `cannot resolve import "${specifier}": is it installed, and can \`require.resolve\` find it?`;
}
