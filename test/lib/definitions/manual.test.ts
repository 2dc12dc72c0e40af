import {readFileSync} from "node:fs";
import {join} from "node:path";
import {expect, test} from "vitest";
import {jsonSchemas} from "../../../lib/definitions/jsonSchemas.js";
import {projectRoot} from "../../../loaders/workspace.js";

const manual = readFileSync(join(projectRoot, "src/docs/definitions.md"), "utf8");

test("the manual names every key of workspace, source, audience, campaign and destination", () => {
  const {workspace, source, audience, campaign, destination} = jsonSchemas();
  const keys = new Set([workspace, source, audience, campaign, destination].flatMap(keysOf));
  expect(keys.size).toBeGreaterThan(80);
  const isNamed = (key: string) => new RegExp(`\\b${key}\\b`).test(manual);
  expect([...keys].filter((key) => !isNamed(key))).toEqual([]);
});

test("the manual lists every package that package.json does", () => {
  const {dependencies, devDependencies} = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as Record<"dependencies" | "devDependencies", Record<string, string>>; // prettier-ignore
  const page = readFileSync(join(projectRoot, "src/docs/dependencies.md"), "utf8");
  for (const [name, version] of Object.entries({...dependencies, ...devDependencies})) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+/);
    if (!name.startsWith("@types/")) expect(page).toContain(`| \`${name}\` | ${version} |`);
  }
});

function keysOf(schema: unknown): string[] {
  if (schema === null || typeof schema !== "object") return [];
  const {properties, default: _, ...rest} = schema as {properties?: object; default?: unknown};
  return [
    ...Object.keys(properties ?? {}),
    ...Object.values(properties ?? {}).flatMap(keysOf),
    ...Object.values(rest).flatMap(keysOf)
  ];
}
