import {execFileSync} from "node:child_process";
import {existsSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {dirname, join, relative, resolve} from "node:path";
import {expect, onTestFinished, test} from "vitest";
import {projectRoot} from "../loaders/workspace.js";
import {makeFolder} from "./folder.js";

/** Folders and files from the ground up; what stands in one line may use the lines below it, and not its neighbours. */
const floors = [
  ["lib"],
  ["loaders/workspace.ts"],
  ["loaders/engine"],
  ["loaders/ingest", "loaders/derive", "loaders/audiences", "loaders/publish", "loaders/activate", "loaders/sample"],
  ["loaders/refresh.ts", "loaders/sending.ts"],
  ["loaders/serve"],
  ["loaders/site"],
  ["loaders/schedule"],
  ["loaders/commands"],
  ["loaders/cli.ts"],
  ["loaders/tenfold.js"]
];

const files = ["lib", "loaders", "src"]
  .flatMap((folder) =>
    readdirSync(join(projectRoot, folder), {recursive: true, encoding: "utf8"}).map((name) => `${folder}/${name}`)
  )
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.(ts|js|md)$/.test(file) && !/^src\/(lib|\.observablehq)\//.test(file))
  .concat("observablehq.config.ts")
  .sort();

const imports = new Map(files.map((file) => [file, importsOf(file)]));

test("the imports are found at all", () => {
  expect(imports.get("loaders/refresh.ts")?.local.map(({file}) => file)).toContain("loaders/ingest/ingest.ts");
  expect(imports.get("lib/definitions/workspace.ts")?.packages).toEqual(["zod"]);
});

test("nothing imports from a floor above, nor from a neighbour on its own", () => {
  const wrong: string[] = [];
  for (const [file, targets] of imports) {
    const from = place(file);
    if (!from) continue;
    for (const {file: target} of targets.local) {
      const to = place(target);
      const isBelow = target === "package.json" || (to && (to.floor < from.floor || to.part === from.part));
      if (!isBelow) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("every file of loaders has its floor", () => {
  expect(files.filter((file) => file.startsWith("loaders/") && !place(file))).toEqual([]);
});

test("no file imports itself by way of others", () => {
  expect(circles()).toEqual([]);
});

test("pages and components reach the domain by the link src/lib: nothing outside of src is served", () => {
  const outside = files
    .filter((file) => file.startsWith("src/") && !/^src\/(data|vendor)\//.test(file))
    .flatMap((file) =>
      [...code(file).matchAll(/^(?:im|ex)port\s+(?!type\s)[^;"'`]*?from\s*["'](\.[^"']+)["']/gm)]
        .filter(([, name]) => !join(dirname(file), name!).replaceAll("\\", "/").startsWith("src/"))
        .map(([, name]) => `${file} imports ${name}`)
    );
  expect(outside).toEqual([]);
});

test("the site meets the loaders only in src/data, src/vendor and its configuration", () => {
  const wrong = [...imports].filter(
    ([file, {local}]) =>
      file.startsWith("src/") &&
      !/^src\/(data|vendor)\//.test(file) &&
      local.some((target) => target.file.startsWith("loaders/"))
  );
  expect(wrong.map(([file]) => file)).toEqual([]);
});

test("pages import components, the domain and packages, and components no pages", () => {
  const wrong: string[] = [];
  for (const [file, {local}] of imports) {
    if (!file.endsWith(".md") && !file.startsWith("src/components/")) continue;
    for (const {file: target} of local) {
      if (!target.startsWith("lib/") && !target.startsWith("src/components/")) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("lib imports nothing but itself and packages that run anywhere", () => {
  const wrong = [...imports].flatMap(([file, {packages}]) =>
    file.startsWith("lib/")
      ? packages.filter((name) => !["zod", "yaml"].includes(name)).map((name) => `${file}: ${name}`)
      : []
  );
  expect(wrong).toEqual([]);
});

test("lib reads no clock and draws no chance", () => {
  const impure = /\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bperformance\.|\bcrypto\.getRandomValues\(/;
  expect(files.filter((file) => file.startsWith("lib/") && impure.test(code(file)))).toEqual([]);
});

test("lib compiles without the types of Node and the browser", () => {
  const lib = files.filter((file) => file.startsWith("lib/"));
  const options = "--noEmit --strict --noUncheckedIndexedAccess --skipLibCheck --target es2022 --module esnext --moduleResolution bundler --lib es2023 --types".split(" "); // prettier-ignore
  const tsc = join(projectRoot, "node_modules/typescript/bin/tsc");
  const folder = makeFolder({
    "universal.d.ts": "declare class TextEncoder { encode(text: string): Uint8Array }\ndeclare function structuredClone<T>(value: T): T;\n" // prettier-ignore
  });
  onTestFinished(() => rmSync(folder, {recursive: true}));
  const universal = join(folder, "universal.d.ts");
  const run = () => execFileSync(process.execPath, [tsc, ...options, "", "--ignoreConfig", universal, ...lib], {cwd: projectRoot, encoding: "utf8"}); // prettier-ignore
  let errors = "";
  try {
    run();
  } catch (error) {
    errors = (error as {stdout: string}).stdout;
  }
  expect(errors).toBe("");
});

test("no file of code is longer than 400 lines", () => {
  expect(files.filter((file) => !file.endsWith(".md") && source(file).split("\n").length > 401)).toEqual([]);
});

function place(file: string): {floor: number; part: string} | undefined {
  for (const [floor, parts] of floors.entries()) {
    const part = parts.find((p) => file === p || file.startsWith(`${p}/`));
    if (part !== undefined) return {floor, part};
  }
  return undefined;
}

interface Imports {
  /** Files of the project; `types`: for their types alone, which are gone when it runs. */
  local: {file: string; types: boolean}[];
  packages: string[];
}

function importsOf(file: string): Imports {
  const statements = /(?:^(?:im|ex)port\s+(type\s)?[^;"'`]*?from\s*|^import\s*|\bimport\()\s*["']([^"'\s]+)["']/gm;
  const found = [...code(file).matchAll(statements)].map(([, type, name]) => ({
    name: name!,
    types: type !== undefined
  }));
  const isLocal = ({name}: {name: string}) => (file.startsWith("src/") ? /^[./]/ : /^\./).test(name);
  return {
    local: found.filter(isLocal).map(({name, types}) => ({file: locate(file, name), types})),
    packages: found
      .filter((one) => !isLocal(one) && !one.name.startsWith("/"))
      .map(({name}) =>
        name
          .split("/")
          .slice(0, name.startsWith("@") ? 2 : 1)
          .join("/")
      )
  };
}

// In pages and components, a path from the root of the site; /lib is a link to the project's.
function locate(file: string, name: string): string {
  const path = name.startsWith("/") ? join(projectRoot, "src", name) : resolve(projectRoot, dirname(file), name);
  const place = relative(projectRoot, path)
    .replaceAll("\\", "/")
    .replace(/^src\/lib\//, "lib/");
  const typescript = place.replace(/\.js$/, ".ts");
  return existsSync(join(projectRoot, typescript)) ? typescript : place;
}

function circles(): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: string[]) => {
    if (way.includes(file)) return void found.push([...way.slice(way.indexOf(file)), file].join(" → "));
    if (done.has(file)) return;
    for (const target of imports.get(file)?.local ?? []) visit(target.file, [...way, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

function source(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}

// Of a page, the fenced code; comments left out, so that prose about imports is none.
function code(file: string): string {
  const text = source(file);
  const cells = file.endsWith(".md") ? [...text.matchAll(/^```(?:js|ts|tsx|jsx)[^\n]*\n(.*?)^```/gms)].map((m) => m[1]!).join("\n") : text; // prettier-ignore
  return cells.replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
}
