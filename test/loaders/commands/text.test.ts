import {expect, test} from "vitest";
import {asOfText, localTime} from "../../../loaders/commands/text.js";

test("instants are written as the workspace's clocks show them", () => {
  expect(localTime(new Date("2025-07-01T22:05:09.123Z"), "Europe/Berlin")).toBe("2025-07-02 00:05:09");
});

test("an as-of at local midnight is the end of the day before, on a day of 23 hours, too", () => {
  expect(asOfText(new Date("2025-03-30T22:00:00Z"), "Europe/Berlin")).toBe("the end of 2025-03-30 (Europe/Berlin)");
  expect(asOfText(new Date("2026-01-01T05:00:00Z"), "America/New_York")).toBe(
    "the end of 2025-12-31 (America/New_York)"
  );
  expect(asOfText(new Date(0), "UTC")).toBe("nothing: no event has been taken in yet");
  expect(asOfText(new Date("2026-01-01T05:30:00Z"), "America/New_York")).toBe("2026-01-01 00:30:00 (America/New_York)");
});
