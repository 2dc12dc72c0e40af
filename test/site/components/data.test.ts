import {
  DateMillisecond,
  Float64,
  TimestampMillisecond,
  Utf8,
  tableFromArrays,
  vectorFromArray,
  Table
} from "apache-arrow";
import {expect, test} from "vitest";
import {first, rows} from "../../../src/components/data.js";

test("rows(table) turns dates and timestamps into Date and keeps nulls", () => {
  const day = new Date("1998-06-30");
  const table = new Table({
    name: vectorFromArray(["a", null], new Utf8()),
    n: vectorFromArray([1.5, null], new Float64()),
    day: vectorFromArray([day, null], new DateMillisecond()),
    at: vectorFromArray([day, null], new TimestampMillisecond())
  });
  expect(rows(table)).toEqual([
    {name: "a", n: 1.5, day, at: day},
    {name: null, n: null, day: null, at: null}
  ]);
});

test("rows(table) makes numbers of 64-bit integers, and text of those that no number holds", () => {
  const table = tableFromArrays({n: BigInt64Array.of(5n, 2n ** 62n + 1n)});
  expect(rows(table)).toEqual([{n: 5}, {n: "4611686018427387905"}]);
});

test("first(table) of an empty table is undefined", () => {
  expect(first(tableFromArrays({n: new Float64Array()}))).toBeUndefined();
});
