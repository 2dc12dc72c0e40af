import fc from "fast-check";
import {expect, test} from "vitest";
import {decode, withParameter} from "../../../src/components/url.js";

test("withParameter(search, key, value, fallback) leaves defaults out and other keys alone", () => {
  expect(withParameter("?a=1", "metric", "orders", "spend")).toBe("?a=1&metric=orders");
  expect(withParameter("?a=1&metric=orders", "metric", "spend", "spend")).toBe("?a=1");
  expect(withParameter("?metric=orders", "metric", "spend", "spend")).toBe("");
});

test("decode(texts, fallback) gives the default for what cannot be read", () => {
  expect(decode(["x"], 3)).toBe(3);
  expect(decode([""], 3)).toBe(3);
  expect(decode(["maybe"], true)).toBe(true);
  expect(decode([], "spend")).toBe("spend");
});

test("decode(withParameter(…)) returns the value, whatever it is", () => {
  const value = fc.oneof(
    fc.tuple(fc.string(), fc.string()),
    fc.tuple(
      fc.double({noNaN: true, noDefaultInfinity: true}).map((x) => x + 0),
      fc.constant(7)
    ),
    fc.tuple(fc.boolean(), fc.boolean()),
    fc.tuple(fc.array(fc.string({minLength: 1})), fc.array(fc.string({minLength: 1})))
  );
  fc.assert(
    fc.property(value, ([given, fallback]) => {
      const search = withParameter("?other=1", "key", given as string, fallback as string);
      expect(decode(new URLSearchParams(search).getAll("key"), fallback as string)).toEqual(given);
    })
  );
});
