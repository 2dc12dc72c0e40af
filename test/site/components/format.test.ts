import {expect, test} from "vitest";
import {
  formatBytes,
  formatCount,
  formatDate,
  formatInstant,
  formatList,
  formatMoney,
  formatMoneyShort,
  formatMonth,
  formatNumber,
  formatPercent,
  formatPoints,
  formatShort,
  plural,
  unitFormat
} from "../../../src/components/format.js";

test("formatMoney(value, currency) shows cents below ten thousand and none from there", () => {
  expect(formatMoney(1234.5, "USD")).toBe("$1,234.50");
  expect(formatMoney(244091.94, "USD")).toBe("$244,092");
  expect(formatMoney(-3, "EUR")).toBe("-€3.00");
});

test("formatMoneyShort(value, currency) shows three digits", () => {
  expect(formatMoneyShort(244091.94, "USD")).toBe("$244k");
  expect(formatMoneyShort(50_172_736, "USD")).toBe("$50.2M");
  expect(formatMoneyShort(1378.4, "USD")).toBe("$1,378");
  expect(formatMoneyShort(12.3, "USD")).toBe("$12.30");
});

test("formatShort(value) shows three digits, or four", () => {
  expect([0, 7, 999, 1000, 1378, 16_737, 405_624, 50_172_736].map(formatShort)).toEqual([
    "0", "7", "999", "1,000", "1,378", "16.7k", "406k", "50.2M"
  ]); // prettier-ignore
});

test("what rounds to nothing has no sign", () => {
  expect([formatNumber(-0.01), formatPercent(-0.0001), formatMoney(-0.001, "USD"), formatNumber(-0.06)]).toEqual(["0", "0.0%", "$0.00", "-0.1"]); // prettier-ignore
});

test("formats show a dash for nothing", () => {
  expect([formatCount(null), formatShort(undefined), formatPercent(NaN), formatMoney(null, "USD")]).toEqual(["–", "–", "–", "–"]); // prettier-ignore
  expect([formatDate(null), formatMonth(undefined), formatInstant(null), formatBytes(null)]).toEqual(["–", "–", "–", "–"]); // prettier-ignore
});

test("formatPercent and formatPoints take shares", () => {
  expect(formatPercent(0.1234)).toBe("12.3%");
  expect(formatPercent(0.1234, 0)).toBe("12%");
  expect([0.1203, 0.12, 0.3, 0.1 + 0.2, 1].map((share) => formatPercent(share))).toEqual(["12.0%", "12%", "30%", "30%", "100%"]); // prettier-ignore
  expect([0.01003, 0.05].map((share) => formatPoints(share))).toEqual(["+1.0 pt", "+5 pt"]);
  expect(formatPoints(0.0766)).toBe("+7.7 pt");
  expect(formatPoints(-0.0766)).toBe("-7.7 pt");
});

test("dates are read in UTC", () => {
  const date = new Date("1998-06-30T23:59:00Z");
  expect(formatDate(date)).toBe("30 Jun 1998");
  expect(formatMonth(date)).toBe("Jun 1998");
  expect(formatInstant(date)).toBe("30 Jun 1998, 23:59 UTC");
});

test("unitFormat(unit, currency) writes money, nouns and bare counts", () => {
  expect(unitFormat("money", "USD").full(12)).toBe("$12.00");
  expect(unitFormat("points", "USD").full(1200)).toBe("1,200 points");
  expect(unitFormat("count", "USD").full(1200)).toBe("1,200");
});

test("bytes, plurals and lists read as people write them", () => {
  expect(formatBytes(0)).toBe("0 B");
  expect(formatBytes(1_234_567)).toBe("1.23 MB");
  expect(plural(1, "row")).toBe("1 row");
  expect(plural(1200, "batch", "batches")).toBe("1,200 batches");
  expect(formatList(["a", "b", "c"])).toBe("a, b and c");
  expect(formatList([])).toBe("");
});
