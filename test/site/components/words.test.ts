import {expect, test} from "vitest";
import {orderLookbacks} from "../../../src/components/deciles/DecilePickers.js";
import {migrationFinding, orderBuckets, type Move} from "../../../src/components/deciles/MigrationMatrix.js";
import {partition, type Bucket} from "../../../src/components/deciles/partition.js";
import {concentrationFinding, warnings, windowText} from "../../../src/components/deciles/words.js";
import {unitFormat} from "../../../src/components/format.js";
import {activeFinding, compare, lastChange, valueFinding, worth} from "../../../src/components/overview/changes.js";
import {accountingFinding} from "../../../src/components/signals/RowAccounting.js";

const choice = {metric: "spend", lookback: "12 months", category: "*"};
const bucket = (values: Partial<Bucket>): Bucket => ({
  ...choice,
  bucket: null,
  reason: null,
  profiles: 0,
  value: null,
  lower: null,
  upper: null,
  tied: 1,
  split: 0,
  window_start: new Date("1997-07-01T04:00:00Z"),
  window_end: new Date("1998-07-01T04:00:00Z"),
  ...values
});
const two = [
  bucket({bucket: 2, profiles: 10, value: 20, lower: 1, upper: 3}),
  bucket({bucket: 1, profiles: 10, value: 80, lower: 4, upper: 20}),
  bucket({reason: "inactive", profiles: 5}),
  bucket({lookback: "lifetime", bucket: 1, profiles: 99, value: 1})
];

test("partition(rows, choice) sums up the chosen buckets, best first, with shares", () => {
  const chosen = partition(two, choice);
  expect(chosen).toMatchObject({profiles: 20, value: 100, inactive: 5, small: 0});
  expect(
    chosen.buckets.map(({bucket, share_value, cumulative_value, mean}) => [bucket, share_value, cumulative_value, mean])
  ).toEqual([
    [1, 0.8, 0.8, 8],
    [2, 0.2, 1, 2]
  ]);
});

test("partition(rows, choice) of a choice that has no rows is empty, and says so", () => {
  const chosen = partition(two, {...choice, metric: "orders"});
  expect(chosen).toMatchObject({buckets: [], profiles: 0, value: 0, inactive: 0});
  expect(concentrationFinding(chosen)).toBe("Nobody is ranked here.");
});

test("concentrationFinding(partition) says who holds how much", () => {
  expect(concentrationFinding(partition(two, choice))).toBe("The best 50% of 20 customers hold 80% of the value.");
});

test("warnings(partition) speak of inactive, small, tied, split and negative, and of nothing else", () => {
  const of = (...rows: Bucket[]) => warnings(partition(rows, choice));
  expect(of(bucket({bucket: 1, profiles: 100, value: 1, lower: 1}))).toEqual([]);
  expect(warnings(partition(two, choice))[0]).toMatch(/^5 customers \(20%\) did nothing in this window/);
  expect(of(bucket({reason: "small_partition", profiles: 7}))[0]).toMatch(/^7 customers here are not ranked/);
  expect(of(bucket({bucket: 1, profiles: 100, value: 1, tied: 40}))[0]).toMatch(
    /^40 customers \(40%\) share one value/
  );
  expect(of(bucket({bucket: 1, profiles: 100, value: 1, split: 40}))[0]).toMatch(/^40% of the customers share a value/);
  expect(of(bucket({bucket: 1, profiles: 100, value: -5, lower: -9}))[0]).toMatch(/^Some totals are negative/);
});

test("windowText(partition, timeZone) names the first and the last day of the window", () => {
  expect(windowText(partition(two, choice), "America/New_York")).toBe("1 Jul 1997 to 30 Jun 1998");
  expect(windowText({window_start: null, window_end: new Date("1998-07-01")}, "UTC")).toBe(
    "everything up to 30 Jun 1998"
  );
});

test("orderLookbacks(rows) goes from short to long, lifetime last", () => {
  const start = (lookback: string, from: string | null) => ({
    lookback,
    window_start: from === null ? null : new Date(from)
  });
  expect(
    orderLookbacks([start("lifetime", null), start("12 months", "2023-01-01"), start("90 days", "2023-10-01")])
  ).toEqual(["90 days", "12 months", "lifetime"]);
});

test("orderBuckets(names) puts numbers first, then those who are not ranked", () => {
  expect(orderBuckets(["new", "10", "inactive", "2", "other", "1", "small"])).toEqual([
    "1",
    "2",
    "10",
    "small",
    "other",
    "inactive",
    "new"
  ]);
});

test("migrationFinding(moves) says who stayed on top, who fell silent and who is new", () => {
  const move = (from_bucket: string, to_bucket: string, profiles: number) =>
    ({from_bucket, to_bucket, profiles}) as Move;
  expect(
    migrationFinding([
      move("1", "1", 6),
      move("1", "inactive", 3),
      move("1", "2", 3),
      move("new", "4", 7),
      move("new", "inactive", 9)
    ])
  ).toBe(
    "Of the 12 in the best decile then, 50% are still there and 25% went silent; 7 ranked now were no customers then."
  );
});

test("migrationFinding(moves) says plainly that nobody was ranked", () => {
  const moves = [{from_bucket: "inactive", to_bucket: "inactive", profiles: 9} as Move];
  expect(migrationFinding(moves)).toBe("Nobody was ranked at the earlier date.");
});

test("worth(deciles, metric) is of all time where nobody was active in the year", () => {
  const of = (lookback: string, bucket: number | null, profiles: number) =>
    ({metric: "spend", category: "*", lookback, bucket, reason: bucket === null ? "inactive" : null, profiles, value: profiles * 10}) as Bucket; // prettier-ignore
  const year = [of("12 months", 1, 5), of("lifetime", 1, 8)];
  expect(worth(year, "spend")).toMatchObject({lookback: "12 months", profiles: 5, silent: undefined});
  const silent = [of("12 months", null, 8), of("lifetime", 1, 8)];
  expect(worth(silent, "spend")).toMatchObject({lookback: "lifetime", profiles: 8, silent: "12 months"});
  expect(worth([], "spend")).toBeUndefined();
});

test("lastChange(months, until) takes the last complete month", () => {
  const months = ["1998-04-01", "1998-05-01", "1998-06-01"].map((day, i) => ({
    month: new Date(day),
    new: i,
    active: 100 + i,
    value: 50 * (i + 1)
  }));
  expect(lastChange(months, new Date("1998-06-29"))?.now.month).toEqual(new Date("1998-05-01"));
  const change = lastChange(months, new Date("1998-06-30"));
  expect(activeFinding(change)).toBe(
    "102 customers were active in Jun 1998, 2 of them new, 1.0% more than the month before."
  );
  expect(valueFinding(change, "Spend", unitFormat("money", "USD"))).toBe(
    "Jun 1998 brought $150.00, 50% more than the month before."
  );
  expect(activeFinding(lastChange([], new Date("1998-06-30")))).toBe("There is no complete month yet.");
});

test("compare(now, before) is silent where nothing can be compared", () => {
  expect(compare(1, 0)).toBe("");
  expect(compare(1, null)).toBe("");
  expect(compare(10, 10)).toBe(", as much as the month before");
});

test("accountingFinding(sources) accounts for every row, and says where it cannot", () => {
  const source = {
    source: "a",
    batches: 1,
    failed: 0,
    rows: 10,
    loaded: 7,
    rejected: 1,
    duplicates: 2,
    skipped: 0,
    events: 7
  };
  expect(accountingFinding([source])).toBe(
    "All 10 rows are accounted for: 7 (70%) loaded, 2 (20%) were known already and 1 (10%) rejected."
  );
  expect(accountingFinding([{...source, rows: 12}])).toBe(
    "2 rows of 12 cannot be accounted for: this is a fault of Tenfold."
  );
});
