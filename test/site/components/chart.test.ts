import {expect, test} from "vitest";
import {apart} from "../../../src/components/chart.js";

const at = (values: number[], gap: number, top?: number) =>
  apart(values.map((value) => ({value})), gap, top).map((label) => label.at); // prettier-ignore

test("apart(labels, gap) moves labels up, and only where they touch", () => {
  expect(at([1, 50, 2], 10)).toEqual([1, 11, 50]);
});

test("apart(labels, gap, top) keeps every label below the top, pushing those beneath it down", () => {
  expect(at([98, 99, 100], 10, 105)).toEqual([85, 95, 105]);
  expect(at([1, 100], 10, 105)).toEqual([1, 100]);
});
