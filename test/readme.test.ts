import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {expect, test} from "vitest";
import {projectRoot} from "../loaders/workspace.js";

const readme = readFileSync(join(projectRoot, "README.md"), "utf8");

test("the README has at most 80 lines", () => {
  expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(80);
});

test("everything that the README links to is there", () => {
  const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1]!);
  expect(targets.length).toBeGreaterThan(10);
  expect(targets.filter((target) => !existsSync(join(projectRoot, target)))).toEqual([]);
});

test("the commands that the README names are scripts of package.json or of tenfold", () => {
  const {scripts} = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {scripts: object};
  const named = [...readme.matchAll(/npm (?:run )?(start|test|build)/g)].map((match) => match[1]!);
  for (const name of named) expect(scripts).toHaveProperty(name);
});
