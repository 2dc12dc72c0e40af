import {expect, test} from "vitest";
import fc from "fast-check";
import {
  addDays,
  addMonths,
  fromLocal,
  isTimeZone,
  localDate,
  offsetAt,
  offsetSteps,
  startOfDate,
  toLocal,
  windowStart
} from "../../lib/calendar.js";
import {parseLookback} from "../../lib/definitions/lookback.js";

const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"); // prettier-ignore
const instant = fc.date({min: new Date("1971-01-01T00:00:00Z"), max: new Date("2037-12-31T00:00:00Z"), noInvalidDate: true}); // prettier-ignore
const back = (end: string, lookback: string, in_ = "UTC") => windowStart(new Date(end), parseLookback(lookback)!, in_)?.toISOString(); // prettier-ignore

test("isTimeZone(zone) knows IANA names", () => {
  expect(isTimeZone("Europe/Berlin")).toBe(true);
  expect(isTimeZone("Europe/Berlim")).toBe(false);
});

test("toLocal and fromLocal are inverse except in a repeated hour", () => {
  fc.assert(
    fc.property(instant, zone, (t, z) => {
      const again = fromLocal(toLocal(t, z), z);
      const isRepeated = offsetAt(new Date(t.getTime() - 3 * 3_600_000), z) > offsetAt(t, z);
      if (!isRepeated) expect(again).toEqual(t);
      else expect(toLocal(again, z)).toEqual(toLocal(t, z));
    }),
    {numRuns: 500}
  );
});

test("the spring hour that does not exist is read with the offset before it", () => {
  expect(fromLocal(new Date("2024-03-31T02:30:00Z"), "Europe/Berlin").toISOString()).toBe("2024-03-31T01:30:00.000Z");
});

test("the autumn hour that comes twice is read as its first", () => {
  expect(fromLocal(new Date("2024-10-27T02:30:00Z"), "Europe/Berlin").toISOString()).toBe("2024-10-27T00:30:00.000Z");
});

test("startOfDate(date, zone) begins the day that localDate names", () => {
  fc.assert(
    fc.property(instant, zone, (t, z) => {
      const date = localDate(t, z);
      const start = startOfDate(date, z);
      expect(start.getTime()).toBeLessThanOrEqual(t.getTime());
      expect(localDate(start, z)).toBe(date);
      if (z !== "Pacific/Apia") expect(startOfDate(addDays(date, 1), z).getTime()).toBeGreaterThan(t.getTime());
    }),
    {numRuns: 500}
  );
});

test("a day that a zone skipped begins where the next one does", () => {
  expect(startOfDate("2011-12-30", "Pacific/Apia").toISOString()).toBe("2011-12-30T10:00:00.000Z");
});

test("addDays(date, days) crosses month, year and leap day", () => {
  expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
  expect(addDays("2023-02-28", 1)).toBe("2023-03-01");
  expect(addDays("2024-12-31", 1)).toBe("2025-01-01");
  expect(addDays("2024-01-01", -1)).toBe("2023-12-31");
});

test("addMonths(local, months) cuts the day to the month's last", () => {
  const month = (from: string, n: number) =>
    addMonths(new Date(`${from}T12:00:00Z`), n)
      .toISOString()
      .slice(0, 10);
  expect(month("2024-03-31", -1)).toBe("2024-02-29");
  expect(month("2023-03-31", -1)).toBe("2023-02-28");
  expect(month("2024-02-29", 12)).toBe("2025-02-28");
  expect(month("2024-01-15", -1)).toBe("2023-12-15");
});

test("windowStart(end, lookback, zone) counts on the zone's calendar", () => {
  expect(back("2024-03-31T00:00:00Z", "1 month")).toBe("2024-02-29T00:00:00.000Z");
  expect(back("2024-02-29T00:00:00Z", "1 year")).toBe("2023-02-28T00:00:00.000Z");
  expect(back("2024-04-01T00:00:00Z", "2 weeks")).toBe("2024-03-18T00:00:00.000Z");
  expect(back("2024-04-01T00:00:00Z", "lifetime")).toBeUndefined();
  expect(back("2024-04-14T22:00:00Z", "1 month", "Europe/Berlin")).toBe("2024-03-14T23:00:00.000Z");
  expect(back("2024-04-01T22:00:00Z", "2 days", "Europe/Berlin")).toBe("2024-03-30T23:00:00.000Z");
});

test("a longer lookback never starts later", () => {
  fc.assert(
    fc.property(instant, zone, fc.integer({min: 1, max: 60}), (end, z, n) => {
      const start = (count: number) => windowStart(end, {count, unit: "month"}, z)!.getTime();
      expect(start(n + 1)).toBeLessThan(start(n));
      expect(start(n)).toBeLessThan(end.getTime());
    })
  );
});

test("offsetSteps(start, end, zone) gives every instant its offset", () => {
  fc.assert(
    fc.property(
      instant,
      fc.integer({min: 0, max: 800}),
      fc.double({min: 0, max: 1, noNaN: true}),
      zone,
      (start, days, share, z) => {
        const end = new Date(start.getTime() + days * 86_400_000);
        const t = new Date(Math.floor((start.getTime() + share * (end.getTime() - start.getTime())) / 1000) * 1000);
        const steps = offsetSteps(start, end, z);
        const step = steps.findLast(({from}) => from <= Math.max(t.getTime(), start.getTime()))!;
        expect(step.offset).toBe(offsetAt(t < start ? start : t, z));
      }
    ),
    {numRuns: 60}
  );
});
