import {expect, test} from "vitest";
import fc from "fast-check";
import {editDistance, nearest, suggest} from "../../../lib/definitions/nearest.js";

test("nearest(name, candidates) forgives a slip, a swap and a missing letter", () => {
  const columns = ["amount", "currency", "customer_id"];
  expect(nearest("amout", columns)).toBe("amount");
  expect(nearest("aomunt", columns)).toBe("amount");
  expect(nearest("Custmer_Id", columns)).toBe("customer_id");
  expect(nearest("colour", columns)).toBeUndefined();
  expect(nearest("", columns)).toBeUndefined();
});

test("nearest(name, candidates) prefers, of equals, the one that goes on from what was written", () => {
  expect(nearest("spend_12_month", ["spend_1_month", "spend_12_months", "spend_2_month"])).toBe("spend_12_months");
});

test("suggest(name, candidates) is empty where nothing is near", () => {
  expect(suggest("amout", ["amount"])).toBe(': did you mean "amount"?');
  expect(suggest("xyz", ["amount"])).toBe("");
});

test("editDistance(a, b) is symmetric, zero for equals, and at most the longer length", () => {
  const word = fc.string({maxLength: 12});
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
    })
  );
});
