import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {expect, test} from "vitest";
import {projectRoot} from "../loaders/workspace.js";

// A figure, or what a template puts in, then a space and the sign: with no number after it, as after a remainder's, and no
// colon, as in a time's %H:%M.
const spaced = /[\d}] %(?!\s*[\d(=]|[A-Za-z]:)/;

const texts = ["lib", "loaders", "src", "data"]
  .flatMap((folder) =>
    readdirSync(join(projectRoot, folder), {recursive: true, encoding: "utf8"}).map((name) => join(folder, name))
  )
  .filter((file) => /\.(ts|sql|md|yaml)$/.test(file) && !/^data.(landing|warehouse)/.test(file));

test("percentages are written one way on pages and in messages: 95%", () => {
  expect(texts.length).toBeGreaterThan(300);
  expect(texts.filter((file) => spaced.test(readFileSync(join(projectRoot, file), "utf8")))).toEqual([]);
});

test("a percentage with a space is told from a remainder", () => {
  expect(["a 95 % interval", "`${share} %`"].every((text) => spaced.test(text))).toBe(true);
  expect(["a 95% interval", "i % 7", "(8) % 2", "10 % 3", "step % n"].some((text) => spaced.test(text))).toBe(false);
});
