import fc from "fast-check";
import {expect, test} from "vitest";
import {descendingOrder} from "../../../lib/stats/order.js";
import {select} from "../../../lib/stats/select.js";

const alike = fc.integer({min: -9, max: 9}).map((last) => 1 + last * 2 ** -52);
const numbers = fc.array(
  fc.oneof(fc.double({noNaN: true}), alike, fc.integer({min: -3, max: 3}), fc.constantFrom(0, -0, Infinity, -Infinity)),
  {minLength: 1, maxLength: 300}
);

test("descendingOrder() is a stable sort by value, greatest first", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const expected = values
        .map((_, i) => i)
        .sort((i, j) => (values[i] === values[j] ? i - j : values[j]! > values[i]! ? 1 : -1));
      expect([...descendingOrder(values)]).toEqual(expected);
    })
  );
});

test("descendingOrder() of nothing is nothing", () => {
  expect([...descendingOrder([])]).toEqual([]);
});

test("select() finds what sorting would put there", () => {
  fc.assert(
    fc.property(numbers, fc.nat(), (values, any) => {
      const place = any % values.length;
      const sorted = Float64Array.from(values).sort();
      expect(select(Float64Array.from(values), place) + 0).toBe(sorted[place]! + 0);
    })
  );
});
