import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {afterEach, beforeEach, expect, test} from "vitest";
import {listLanding} from "../../../loaders/ingest/listing.js";

let root: string;
let landing: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenfold-listing-"));
  landing = join(root, "data/landing");
  mkdirSync(landing, {recursive: true});
});
afterEach(() => rmSync(root, {recursive: true}));

const write = (path: string) => {
  mkdirSync(dirname(join(root, path)), {recursive: true});
  writeFileSync(join(root, path), "a\n1\n");
};
const link = (to: string, path: string) => symlinkSync(join(root, to), join(landing, path));
const listed = () => listLanding(landing).map(({file}) => file);

test("files in linked folders are listed as others are, by the link's name", () => {
  write("share/2024/a.csv");
  write("share/b.csv");
  write("share/.hidden/c.csv");
  write("share/d.csv.part");
  write("elsewhere/e.csv");
  write("data/landing/orders/a.csv");
  link("share", "partner");
  link("elsewhere/e.csv", "orders/e.csv");
  expect(listed()).toEqual(["orders/a.csv", "orders/e.csv", "partner/2024/a.csv", "partner/b.csv"]);
  expect(listLanding(landing)[2]).toMatchObject({path: join(landing, "partner/2024/a.csv"), size: 4});
});

test("no folder is listed twice, and its own place comes before a link's", () => {
  write("data/landing/zoo/a.csv");
  write("share/inner/b.csv");
  link("data/landing/zoo", "animals");
  link("share", "one");
  link("share", "two");
  link("share/inner", "three");
  expect(listed()).toEqual(["one/inner/b.csv", "zoo/a.csv"]);
});

test("links in circles, to nothing, to the landing folder and to those around it lead nowhere", () => {
  write("data/landing/orders/a.csv");
  write("data/warehouse/b.csv");
  write("share/c.csv");
  symlinkSync(join(root, "share"), join(root, "share/again"));
  symlinkSync(landing, join(root, "share/back"));
  link("share", "share");
  link("data", "around");
  link("data/landing", "orders/self");
  link("nowhere", "nothing");
  link("data/landing/loop", "loop");
  expect(listed()).toEqual(["orders/a.csv", "share/c.csv"]);
});
