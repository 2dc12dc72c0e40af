import {renameSync, utimesSync} from "node:fs";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import {afterEach, beforeEach, expect, test} from "vitest";
import {expectSums, header, openLanding, orders, type Landing} from "./landing.js";

let landing: Landing;
beforeEach(async () => void (landing = await openLanding()));
afterEach(() => landing.close());

const row = (id: number, amount = 1, customer = "ada") =>
  `${id},${customer},2024-01-0${1 + (id % 9)} 10:00:00,${amount},web`;
const file = (...rows: string[]) => [header, ...rows, ""].join("\n");
const versions = () => landing.database.rows("select name, version from runs.versions order by name");
const ledger = () =>
  landing.database.rows(
    "select file, status, rows, loaded, rejected, duplicates, events from landing.batches order by batch_id"
  );
const amounts = async () =>
  (await landing.database.rows<{value: number}>("select value from core.events order by value")).map((r) => r.value);

test("a second run finds nothing to do, and reads nothing", async () => {
  landing.land("orders/a.csv", file(row(1), row(2)));
  await landing.ingest();
  const before = await versions();
  const report = await landing.ingest();
  expect(report).toMatchObject({changed: false, batches: [{outcome: "unchanged", loaded: 2}]});
  expect(await versions()).toEqual(before);
});

test("a file that was only touched is the same file", async () => {
  const path = landing.land("orders/a.csv", file(row(1)));
  await landing.ingest();
  utimesSync(path, new Date("2024-02-01"), new Date("2024-02-01"));
  expect((await landing.ingest()).batches).toMatchObject([{outcome: "unchanged"}]);
  expect(await ledger()).toHaveLength(1);
});

test("the same bytes under another name are taken in once, and the report says so", async () => {
  landing.define("orders", orders.replace("{rule: column, column: order_id}", "{rule: row}"));
  landing.land("orders/a.csv", file(row(1), row(2)));
  landing.land("orders/b.csv", file(row(1), row(2)));
  const {batches} = await landing.ingest();
  expect(batches[1]).toMatchObject({outcome: "unchanged", error: "the same bytes as orders/a.csv: nothing to take in"});
  expect(await amounts()).toEqual([1, 1]);
  expect((await landing.ingest()).changed).toBe(false);
});

test("a copy is taken in once the file it copies holds something else", async () => {
  landing.land("orders/a.csv", file(row(1), row(2)));
  landing.land("orders/b.csv", file(row(1), row(2)));
  await landing.ingest();
  landing.land("orders/a.csv", file(row(3, 3)));
  await landing.ingest();
  expect(await amounts()).toEqual([1, 1, 3]);
});

test("other bytes under a name replace what it gave before", async () => {
  landing.land("orders/a.csv", file(row(1), row(2)));
  await landing.ingest();
  landing.land("orders/a.csv", file(row(2, 5), row(3, 7)));
  const {batches} = await landing.ingest();
  expect(batches.map((batch) => batch.outcome)).toEqual(["withdrawn", "new"]);
  expect(await amounts()).toEqual([5, 7]);
  expect(await ledger()).toMatchObject([{status: "withdrawn"}, {status: "loaded", loaded: 2}]);
});

test("with on_change: append, what a name gave before stays", async () => {
  landing.define("orders", `${orders}\non_change: append`);
  landing.land("orders/a.csv", file(row(1)));
  await landing.ingest();
  landing.land("orders/a.csv", file(row(2, 5)));
  await landing.ingest();
  expect(await amounts()).toEqual([1, 5]);
  expect((await landing.ingest()).changed).toBe(false);
});

test("a changed file that fails leaves its earlier events in place", async () => {
  landing.land("orders/a.csv", file(row(1)));
  await landing.ingest();
  landing.land("orders/a.csv", "order_id\n1\n");
  expect((await landing.ingest()).batches).toMatchObject([{outcome: "failed"}]);
  expect(await amounts()).toEqual([1]);
  landing.land("orders/a.csv", file(row(1, 9)));
  await landing.ingest();
  expect(await amounts()).toEqual([9]);
  expect((await ledger()).map((batch) => batch.status)).toEqual(["withdrawn", "withdrawn", "loaded"]);
});

test("a file that disappears keeps its events, and the report says so", async () => {
  landing.land("orders/a.csv", file(row(1)));
  await landing.ingest();
  landing.remove("orders/a.csv");
  const {batches} = await landing.ingest();
  expect(batches).toMatchObject([{outcome: "unchanged", error: expect.stringContaining("gone")}]);
  expect(await amounts()).toEqual([1]);
});

test("a changed definition takes the source's files in again, in one transaction", async () => {
  landing.land("orders/a.csv", file(row(1)));
  landing.land("orders/b.csv", file(row(2)));
  await landing.ingest();
  landing.define("orders", orders.replace("value: amount,", "value: amount * 2,"));
  expect((await landing.ingest()).batches.map((batch) => batch.outcome)).toEqual([
    "withdrawn",
    "withdrawn",
    "new",
    "new"
  ]);
  expect(await amounts()).toEqual([2, 2]);
  landing.define("orders", orders.replace("value: amount,", "value: amount * 2,") + "\ndescription: only words");
  expect((await landing.ingest()).changed).toBe(false);
});

test("a changed definition under which a file fails changes nothing, once", async () => {
  landing.land("orders/a.csv", file(row(1)));
  landing.land("orders/b.csv", file(row(2, 500)));
  await landing.ingest();
  landing.define("orders", orders.replace("max: 1000", "max: 100").replace("max_percent: 100", "max_percent: 5"));
  const {batches} = await landing.ingest();
  expect(batches.map((batch) => [batch.file, batch.outcome])).toEqual([
    ["orders/b.csv", "failed"],
    ["orders/a.csv", "unchanged"]
  ]);
  expect(await landing.rejects()).toEqual(["2 amount out_of_range"]);
  expect(await amounts()).toEqual([1, 500]);
  expect((await landing.ingest()).changed).toBe(false);
  landing.define("orders", orders);
  await landing.ingest();
  expect(await amounts()).toEqual([1, 500]);
  await expectSums(landing.database);
});

test("a changed definition reads files of mixed line ends too", async () => {
  landing.land("orders/a.csv", `${header}\r\n${row(1)}\n${row(2)}\r\n`);
  await landing.ingest();
  landing.define("orders", orders.replace("value: amount,", "value: amount * order_id::integer,"));
  await landing.ingest();
  expect(await amounts()).toEqual([1, 2]);
});

test("a property declared later becomes a field of every event", async () => {
  landing.land("orders/a.csv", file(row(1)));
  await landing.ingest();
  landing.define("more", orders.replace("{channel: channel}", "{basket: {from: amount, type: integer}}"));
  await landing.ingest();
  expect(await landing.database.value("select properties from core.events")).toEqual({basket: null, channel: "web"});
});

test("of two rows with one id the greater content stays, whatever arrived first", async () => {
  for (const names of [
    ["a", "b"],
    ["b", "a"]
  ]) {
    landing.land(`orders/${names[0]}.csv`, file(row(1, 5), row(2)));
    await landing.ingest();
    landing.land(`orders/${names[1]}.csv`, file(row(1, 6), row(3)));
    await landing.ingest();
    const events = await landing.events();
    landing.close();
    landing = await openLanding();
    landing.land("orders/all.csv", file(row(3), row(1, 6), row(2), row(1, 5), row(1, 5)));
    const {batches} = await landing.ingest();
    expect(batches).toMatchObject([{rows: 5, loaded: 3, duplicates: 2}]);
    expect(await landing.events()).toEqual(events);
    landing.close();
    landing = await openLanding();
  }
});

/** Orders with the time at which they were told in place of a channel. */
const told = orders
  .replace("channel: {values: [web, shop]}", "channel: {type: timestamp}")
  .replace("time: at", "time: at\nreceived_at: channel")
  .replace(", properties: {channel: channel}", "");
const line = (amount: number, received: string) => `1,ada,2024-01-01,${amount},${received}`;

test("of two rows with one id the later received_at stays", async () => {
  landing.define("orders", told);
  landing.land("orders/a.csv", file(line(5, "2024-01-03")));
  landing.land("orders/b.csv", file(line(6, "2024-01-02")));
  await landing.ingest();
  expect(await amounts()).toEqual([5]);
  landing.land("orders/c.csv", file(line(7, "2024-01-04")));
  await landing.ingest();
  expect(await amounts()).toEqual([7]);
  expect(await ledger()).toMatchObject([
    {file: "orders/a.csv", loaded: 0, duplicates: 1, events: 0},
    {file: "orders/b.csv", loaded: 0, duplicates: 1},
    {file: "orders/c.csv", loaded: 1, events: 1}
  ]);
});

test("what had lost to a withdrawn event comes back", async () => {
  landing.define("orders", told);
  landing.land("orders/a.csv", file(line(5, "2024-01-02")));
  landing.land("orders/b.csv", file(line(6, "2024-01-03"), "2,bob,2024-01-01,1,2024-01-01"));
  await landing.ingest();
  landing.land("orders/b.csv", file("2,bob,2024-01-01,1,2024-01-01"));
  await landing.ingest();
  expect(await amounts()).toEqual([1, 5]);
  expect((await ledger())[0]).toMatchObject({file: "orders/a.csv", loaded: 1, duplicates: 0, events: 1});
  expect(await landing.database.value("select count(*) from landing.duplicates")).toBe(0);
  await expectSums(landing.database);
});

test("the row that stays, stays whole: a correction takes all events of the row before it away", async () => {
  const wide = orders
    .replace("channel: {values: [web, shop]}", "channel: {type: timestamp}")
    .replace("min: 0, ", "")
    .replace("time: at", "time: at\nreceived_at: channel")
    .replace(
      /events: .*/,
      `events:
  - {type: commerce.purchase, when: amount > 0, value: amount}
  - {type: loyalty.accrual, when: amount > 50, value: amount}
  - {type: commerce.refund, when: amount < 0, value: -amount}`
    );
  landing.define("orders", wide);
  const line = (amount: number, received: string) => `1,ada,2024-01-01,${amount},${received}`;
  const found = () =>
    landing.database.rows("select event_type as type, value::double as value from core.events order by all");
  const files = {a: line(80, "2024-01-02"), b: line(-30, "2024-01-04"), c: line(40, "2024-01-03")};
  const refund = [{type: "commerce.refund", value: 30}];
  for (const order of ["abc", "bca", "cab"]) {
    for (const name of order) {
      landing.land(`orders/${name}.csv`, file(files[name as "a"]));
      await landing.ingest();
    }
    expect(await found()).toEqual(refund);
    await expectSums(landing.database);
    landing.remove("orders/b.csv");
    landing.land("orders/b.csv", file("2,bob,2024-01-01,0,2024-01-01"));
    await landing.ingest();
    expect(await found()).toEqual([{type: "commerce.purchase", value: 40}]);
    await expectSums(landing.database);
    landing.close();
    landing = await openLanding();
    landing.define("orders", wide);
  }
  landing.land("orders/all.csv", file(files.a, files.b, files.c));
  expect((await landing.ingest()).batches).toMatchObject([{rows: 3, loaded: 1, duplicates: 2, events: 1}]);
  expect(await found()).toEqual(refund);
});

test("changes note the earliest event that came or went", async () => {
  landing.land("orders/a.csv", file(row(3)));
  await landing.ingest();
  landing.land("orders/a.csv", file(row(8)));
  await landing.ingest();
  const changes = await landing.database.rows<{earliest: Date}>("from landing.changes order by change_id");
  expect(changes.map((change) => change.earliest.toISOString().slice(0, 10))).toEqual([
    "2024-01-04",
    "2024-01-04",
    "2024-01-09"
  ]);
});

test("a renamed file keeps its events", async () => {
  const path = landing.land("orders/a.csv", file(row(1)));
  await landing.ingest();
  renameSync(path, join(landing.root, "landing/orders/z.csv"));
  await landing.ingest();
  expect(await amounts()).toEqual([1]);
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
  landing.land("orders/a.csv", file(row(1, 150), row(2, 0), row(3, 50), row(3, 50)));
  const {batches} = await landing.ingest();
  expect(batches).toMatchObject([{rows: 4, loaded: 2, skipped: 1, duplicates: 1, events: 3}]);
  expect(await amounts()).toEqual([50, 50, 150]);
  const ids = await landing.database.value("select count(distinct event_id) from core.events");
  expect(ids).toBe(3);
});

test("events of a batch lie in the order of their time", async () => {
  landing.land("orders/a.csv", file(...[9, 3, 7, 1, 5].map((id) => row(id))));
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
  landing.land("orders/cut.csv.gz", gzipSync(file(...Array.from({length: 50}, (_, i) => row(i)))).subarray(0, 60));
  landing.land("orders/quote.csv", `${header}\n1,"ada,2024-01-01 10:00:00,1,web\n`);
  const first = await landing.ingest();
  const failed = first.batches.filter(({outcome}) => outcome === "failed").map((batch) => batch.file);
  expect(failed).toEqual(expect.arrayContaining(["orders/columns.csv", "orders/cut.csv.gz", "orders/empty.csv"]));
  const before = await ledger();
  for (let again = 0; again < 2; ++again) {
    const {batches, changed} = await landing.ingest();
    expect(changed).toBe(false);
    expect(batches.every(({outcome}) => outcome === "unchanged")).toBe(true);
  }
  expect(await ledger()).toEqual(before);
});

test("changed definitions of profiles and of events give what a first run under them gives", async () => {
  const people = (tier: string) => `
kind: profiles
files: ["people*.csv"]
id: {rule: columns, columns: [id]}
columns: {id: {required: true}, at: {type: date, required: true}, tier: {}, points: {}}
identities: [{namespace: customer, from: id, primary: true}]
time: at
attributes:
  tier: {from: ${tier}}
`;
  const [before, after] = [orders, orders.replace("value: amount,", "value: amount * 2, quantity: {constant: 3},")];
  const write = (target: Landing) => {
    target.land("people-a.csv", "id,at,tier,points\nada,2023-01-01,gold,5\nbob,2023-02-01,tin,6\n");
    target.land("people-b.csv", "id,at,tier,points\nada,2023-03-01,gold,7\ncyd,2023-02-01,tin,8\n");
    target.land("orders/a.csv", file(row(1), row(2, 2, "bob"), row(3, 3, "cyd")));
    target.land("orders/b.csv", file(row(3, 4, "cyd"), row(4, 5, "dan")));
  };
  landing.define("orders", before);
  landing.define("people", people("tier"));
  write(landing);
  await landing.ingest();
  landing.define("orders", after);
  landing.define("people", people("points, type: integer"));
  const {batches} = await landing.ingest();
  expect(batches.filter(({outcome}) => outcome === "new")).toHaveLength(4);
  expect(batches.filter(({outcome}) => outcome === "withdrawn")).toHaveLength(4);
  await expectSums(landing.database);
  const fresh = await openLanding({sources: {orders: after, people: people("points, type: integer")}});
  try {
    write(fresh);
    await fresh.ingest();
    expect(await landing.events()).toEqual(await fresh.events());
    const identities = "select * from core.identities order by all";
    expect(await landing.database.rows(identities)).toEqual(await fresh.database.rows(identities));
  } finally {
    fresh.close();
  }
});

test("a changed definition of profiles that fails keeps them, and takes the events in all the same", async () => {
  const people = (most: number) => `
kind: profiles
columns: {id: {required: true}, at: {type: date, required: true}, points: {type: integer, max: ${most}}}
identities: [{namespace: customer, from: id, primary: true}]
time: at
attributes: {points: {from: points}}
rejects: {max_count: 0}
`;
  landing.define("people", people(10));
  landing.land("people/a.csv", "id,at,points\nada,2023-01-01,5\n");
  landing.land("people/b.csv", "id,at,points\nbob,2023-01-01,8\n");
  landing.land("orders/a.csv", file(row(1)));
  landing.land("orders/b.csv", file(row(2, 2, "bob")));
  await landing.ingest();
  landing.define("people", people(7));
  landing.define("orders", orders.replace("value: amount,", "value: amount * 2,"));
  const counts = () =>
    landing.database.rows("select source, count(*) as n, sum(value) as v from core.events group by 1 order by 1");
  for (let again = 0; again < 2; ++again) {
    await landing.ingest();
    expect(await counts()).toEqual([
      {source: "orders", n: 2, v: 6},
      {source: "people", n: 2, v: null}
    ]);
  }
  landing.define("people", people(9));
  await landing.ingest();
  expect((await ledger()).filter(({status}) => status === "loaded")).toHaveLength(4);
  await expectSums(landing.database);
});

test("an id is unique per source, whether batches of sources stand together or mixed", async () => {
  landing.define("returns", orders.replace("commerce.purchase", "commerce.refund"));
  const counts = () =>
    landing.database.rows(
      "select source, loaded, duplicates from landing.batches where status = 'loaded' order by batch_id"
    );
  landing.land("orders/a.csv", file(row(1), row(2)));
  await landing.ingest();
  landing.land("returns/a.csv", file(row(2), row(3)));
  await landing.ingest();
  landing.land("orders/b.csv", file(row(2), row(4)));
  await landing.ingest();
  landing.land("orders/c.csv", file(row(3), row(4)));
  await landing.ingest();
  expect(await counts()).toEqual([
    {source: "orders", loaded: 2, duplicates: 0},
    {source: "returns", loaded: 2, duplicates: 0},
    {source: "orders", loaded: 1, duplicates: 1},
    {source: "orders", loaded: 1, duplicates: 1}
  ]);
});
