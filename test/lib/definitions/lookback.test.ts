import {expect, test} from "vitest";
import fc from "fast-check";
import {formatLookback, parseLookback, type Lookback} from "../../../lib/definitions/lookback.js";

const lookback: fc.Arbitrary<Lookback> = fc.oneof(
  fc.constant("lifetime" as const),
  fc.record({
    count: fc.integer({min: 1, max: 99_999}),
    unit: fc.constantFrom("day" as const, "week" as const, "month" as const, "year" as const)
  })
);

test("parseLookback(formatLookback(l)) is l", () => {
  fc.assert(fc.property(lookback, (l) => void expect(parseLookback(formatLookback(l))).toEqual(l)));
});

test("formatLookback(lookback) has one spelling", () => {
  expect(formatLookback(parseLookback("1 months")!)).toBe("1 month");
  expect(formatLookback(parseLookback("12 month")!)).toBe("12 months");
  expect(formatLookback(parseLookback(" 90 days ")!)).toBe("90 days");
  expect(formatLookback("lifetime")).toBe("lifetime");
});

test("parseLookback(text) reads nothing else", () => {
  for (const text of [
    "",
    "12",
    "months",
    "0 days",
    "-1 month",
    "1.5 years",
    "1 fortnight",
    "Lifetime",
    "1  month",
    "100000 days"
  ]) {
    expect(parseLookback(text), text).toBeUndefined();
  }
});
