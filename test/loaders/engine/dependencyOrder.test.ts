import {expect, test} from "vitest";
import {dependencyOrder} from "../../../loaders/engine/dependencyOrder.js";

const orderOf = (needs: Record<string, string[]>) => dependencyOrder(Object.keys(needs), (name) => needs[name]!);

test("dependencyOrder() puts what is needed first, and goes by name where that leaves a choice", () => {
  expect(orderOf({d: [], c: ["e", "a"], b: [], a: [], e: ["d"]})).toEqual({order: ["a", "b", "d", "e", "c"]});
});

test("dependencyOrder() passes over what is not among the names, and over a name given twice", () => {
  expect(dependencyOrder(["b", "b"], () => ["elsewhere"])).toEqual({order: ["b"]});
});

test("dependencyOrder() finds a circle, without what leads to it", () => {
  expect(orderOf({a: ["b"], b: ["c"], c: ["d"], d: ["b"]})).toEqual({order: [], cycle: ["b", "c", "d", "b"]});
  expect(orderOf({a: ["a"]}).cycle).toEqual(["a", "a"]);
});
