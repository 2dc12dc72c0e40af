import {expect, test} from "vitest";
import {sortRows} from "../../../src/components/sort.js";

test("sortRows(rows, column) orders numbers by size and keeps nulls last in both directions", () => {
  const rows = [{n: 10}, {n: null}, {n: 9}, {n: NaN}, {n: 100}];
  expect(sortRows(rows, "n").map((row) => row.n)).toEqual([9, 10, 100, null, NaN]);
  expect(sortRows(rows, "n", true).map((row) => row.n)).toEqual([100, 10, 9, null, NaN]);
});

test("sortRows(rows, column) orders text with digits as numbers and without regard to case", () => {
  const rows = ["file10", "File2", "file1"].map((name) => ({name}));
  expect(sortRows(rows, "name").map((row) => row.name)).toEqual(["file1", "File2", "file10"]);
});

test("sortRows(rows, column) keeps equal rows as they were and does not change its input", () => {
  const rows = [1, 2, 3].map((id) => ({id, day: new Date("1998-06-30")}));
  expect(sortRows(rows, "day", true)).toEqual(rows);
  expect(sortRows(rows, "day", true)).not.toBe(rows);
});
