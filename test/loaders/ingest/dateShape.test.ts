import {expect, test} from "vitest";
import {dateShape} from "../../../loaders/ingest/dateShape.js";

const shaped = (text: string, ...patterns: string[]) => new RegExp(dateShape(patterns)).test(text);

test("without a pattern, anything like a date is shaped like one", () => {
  expect(shaped("2024-02-30")).toBe(true);
  expect(shaped(" 31.2.24 10:00")).toBe(true);
  expect(shaped("yesterday")).toBe(false);
});

test("with patterns, only what one of them could mean is", () => {
  expect(shaped("31.02.2024", "%d.%m.%Y")).toBe(true);
  expect(shaped("01.01.2024 09:01", "%d.%m.%Y")).toBe(false);
  expect(shaped("01.01.2024 09:01", "%d.%m.%Y", "%d.%m.%Y %H:%M")).toBe(true);
  expect(shaped("2024-01-01", "%d.%m.%Y")).toBe(false);
  expect(shaped("2024年02月30日", "%Y年%m月%d日")).toBe(true);
  expect(shaped("30 Feb 2024 (x)", "%-d %b %Y (x)")).toBe(true);
});
