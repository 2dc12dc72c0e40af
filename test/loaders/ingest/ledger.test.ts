import {renameSync, utimesSync} from "node:fs";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import {afterEach, beforeEach, expect, test} from "vitest";
import {header, openLanding, order, orderFile, orders, type Landing} from "./landing.js";

let landing: Landing;
beforeEach(async () => void (landing = await openLanding()));
afterEach(() => landing.close());

const versions = () => landing.database.rows("select name, version from runs.versions order by name");

test("a second run finds nothing to do, and reads nothing", async () => {
  landing.land("orders/a.csv", orderFile(order(1), order(2)));
  await landing.ingest();
  const before = await versions();
  const report = await landing.ingest();
  expect(report).toMatchObject({changed: false, batches: [{outcome: "unchanged", loaded: 2}]});
  expect(await versions()).toEqual(before);
});

test("a file that was only touched is the same file", async () => {
  const path = landing.land("orders/a.csv", orderFile(order(1)));
  await landing.ingest();
  utimesSync(path, new Date("2024-02-01"), new Date("2024-02-01"));
  expect((await landing.ingest()).batches).toMatchObject([{outcome: "unchanged"}]);
  expect(await landing.ledger()).toHaveLength(1);
});

test("the same bytes under another name are taken in once, and the report says so", async () => {
  landing.define("orders", orders.replace("{rule: column, column: order_id}", "{rule: row}"));
  landing.land("orders/a.csv", orderFile(order(1), order(2)));
  landing.land("orders/b.csv", orderFile(order(1), order(2)));
  const {batches} = await landing.ingest();
  expect(batches[1]).toMatchObject({outcome: "unchanged", error: "the same bytes as orders/a.csv: nothing to take in"});
  expect(await landing.amounts()).toEqual([1, 1]);
  expect((await landing.ingest()).changed).toBe(false);
});

test("a copy is taken in once the file it copies holds something else", async () => {
  landing.land("orders/a.csv", orderFile(order(1), order(2)));
  landing.land("orders/b.csv", orderFile(order(1), order(2)));
  await landing.ingest();
  landing.land("orders/a.csv", orderFile(order(3, 3)));
  await landing.ingest();
  expect(await landing.amounts()).toEqual([1, 1, 3]);
});

test("other bytes under a name replace what it gave before", async () => {
  landing.land("orders/a.csv", orderFile(order(1), order(2)));
  await landing.ingest();
  landing.land("orders/a.csv", orderFile(order(2, 5), order(3, 7)));
  const {batches} = await landing.ingest();
  expect(batches.map((batch) => batch.outcome)).toEqual(["withdrawn", "new"]);
  expect(await landing.amounts()).toEqual([5, 7]);
  expect(await landing.ledger()).toMatchObject([{status: "withdrawn"}, {status: "loaded", loaded: 2}]);
});

test("with on_change: append, what a name gave before stays", async () => {
  landing.define("orders", `${orders}\non_change: append`);
  landing.land("orders/a.csv", orderFile(order(1)));
  await landing.ingest();
  landing.land("orders/a.csv", orderFile(order(2, 5)));
  await landing.ingest();
  expect(await landing.amounts()).toEqual([1, 5]);
  expect((await landing.ingest()).changed).toBe(false);
});

test("a changed file that fails leaves its earlier events in place", async () => {
  landing.land("orders/a.csv", orderFile(order(1)));
  await landing.ingest();
  landing.land("orders/a.csv", "order_id\n1\n");
  expect((await landing.ingest()).batches).toMatchObject([{outcome: "failed"}]);
  expect(await landing.amounts()).toEqual([1]);
  landing.land("orders/a.csv", orderFile(order(1, 9)));
  await landing.ingest();
  expect(await landing.amounts()).toEqual([9]);
  expect((await landing.ledger()).map((batch) => batch.status)).toEqual(["withdrawn", "withdrawn", "loaded"]);
});

test("a file that disappears keeps its events, and the report says so", async () => {
  landing.land("orders/a.csv", orderFile(order(1)));
  await landing.ingest();
  landing.remove("orders/a.csv");
  const {batches} = await landing.ingest();
  expect(batches).toMatchObject([{outcome: "unchanged", error: expect.stringContaining("gone")}]);
  expect(await landing.amounts()).toEqual([1]);
});

test("changes note the earliest event that came or went", async () => {
  landing.land("orders/a.csv", orderFile(order(3)));
  await landing.ingest();
  landing.land("orders/a.csv", orderFile(order(8)));
  await landing.ingest();
  const changes = await landing.database.rows<{earliest: Date}>("from landing.changes order by change_id");
  expect(changes.map((change) => change.earliest.toISOString().slice(0, 10))).toEqual([
    "2024-01-04",
    "2024-01-04",
    "2024-01-09"
  ]);
});

test("a renamed file keeps its events", async () => {
  const path = landing.land("orders/a.csv", orderFile(order(1)));
  await landing.ingest();
  renameSync(path, join(landing.root, "landing/orders/z.csv"));
  await landing.ingest();
  expect(await landing.amounts()).toEqual([1]);
});

test("a row may yield several events, or none", async () => {
  landing.define(
    "orders",
    orders.replace(
      /events: .*/,
      `events:
  - {type: commerce.purchase, when: amount > 0, value: amount, properties: {channel: channel}}
  - {type: commerce.refund, when: amount > 100, value: amount - 100}`
    )
  );
  landing.land("orders/a.csv", orderFile(order(1, 150), order(2, 0), order(3, 50), order(3, 50)));
  const {batches} = await landing.ingest();
  expect(batches).toMatchObject([{rows: 4, loaded: 2, skipped: 1, duplicates: 1, events: 3}]);
  expect(await landing.amounts()).toEqual([50, 50, 150]);
  const ids = await landing.database.value("select count(distinct event_id) from core.events");
  expect(ids).toBe(3);
});

test("events of a batch lie in the order of their time", async () => {
  landing.land("orders/a.csv", orderFile(...[9, 3, 7, 1, 5].map((id) => order(id))));
  await landing.ingest();
  const times = (await landing.database.rows<{t: Date}>("select event_time as t from core.events order by rowid")).map(
    (r) => +r.t
  );
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("a file that fails is refused once, not anew at each run", async () => {
  landing.land("orders/empty.csv", "");
  landing.land("orders/header.csv", `${header}\n`);
  landing.land("orders/columns.csv", "order_id\n1\n");
  landing.land(
    "orders/cut.csv.gz",
    gzipSync(orderFile(...Array.from({length: 50}, (_, i) => order(i)))).subarray(0, 60)
  );
  landing.land("orders/quote.csv", `${header}\n1,"ada,2024-01-01 10:00:00,1,web\n`);
  const first = await landing.ingest();
  const failed = first.batches.filter(({outcome}) => outcome === "failed").map((batch) => batch.file);
  expect(failed).toEqual(expect.arrayContaining(["orders/columns.csv", "orders/cut.csv.gz", "orders/empty.csv"]));
  const before = await landing.ledger();
  for (let again = 0; again < 2; ++again) {
    const {batches, changed} = await landing.ingest();
    expect(changed).toBe(false);
    expect(batches.every(({outcome}) => outcome === "unchanged")).toBe(true);
  }
  expect(await landing.ledger()).toEqual(before);
});
