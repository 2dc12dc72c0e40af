import {afterEach, beforeEach, expect, test} from "vitest";
import {expectSums, openLanding, order, orderFile, orders, type Landing} from "./landing.js";

let landing: Landing;
beforeEach(async () => void (landing = await openLanding()));
afterEach(() => landing.close());

/** Orders with the time at which they were told in place of a channel. */
const told = orders
  .replace("channel: {values: [web, shop]}", "channel: {type: timestamp}")
  .replace("time: at", "time: at\nreceived_at: channel")
  .replace(", properties: {channel: channel}", "");
const line = (amount: number, received: string) => `1,ada,2024-01-01,${amount},${received}`;

test("of two rows with one id the greater content stays, whatever arrived first", async () => {
  for (const names of [
    ["a", "b"],
    ["b", "a"]
  ]) {
    landing.land(`orders/${names[0]}.csv`, orderFile(order(1, 5), order(2)));
    await landing.ingest();
    landing.land(`orders/${names[1]}.csv`, orderFile(order(1, 6), order(3)));
    await landing.ingest();
    const events = await landing.events();
    landing.close();
    landing = await openLanding();
    landing.land("orders/all.csv", orderFile(order(3), order(1, 6), order(2), order(1, 5), order(1, 5)));
    const {batches} = await landing.ingest();
    expect(batches).toMatchObject([{rows: 5, loaded: 3, duplicates: 2}]);
    expect(await landing.events()).toEqual(events);
    landing.close();
    landing = await openLanding();
  }
});

test("of two rows with one id the later received_at stays", async () => {
  landing.define("orders", told);
  landing.land("orders/a.csv", orderFile(line(5, "2024-01-03")));
  landing.land("orders/b.csv", orderFile(line(6, "2024-01-02")));
  await landing.ingest();
  expect(await landing.amounts()).toEqual([5]);
  landing.land("orders/c.csv", orderFile(line(7, "2024-01-04")));
  await landing.ingest();
  expect(await landing.amounts()).toEqual([7]);
  expect(await landing.ledger()).toMatchObject([
    {file: "orders/a.csv", loaded: 0, duplicates: 1, events: 0},
    {file: "orders/b.csv", loaded: 0, duplicates: 1},
    {file: "orders/c.csv", loaded: 1, events: 1}
  ]);
});

test("what had lost to a withdrawn event comes back", async () => {
  landing.define("orders", told);
  landing.land("orders/a.csv", orderFile(line(5, "2024-01-02")));
  landing.land("orders/b.csv", orderFile(line(6, "2024-01-03"), "2,bob,2024-01-01,1,2024-01-01"));
  await landing.ingest();
  landing.land("orders/b.csv", orderFile("2,bob,2024-01-01,1,2024-01-01"));
  await landing.ingest();
  expect(await landing.amounts()).toEqual([1, 5]);
  expect((await landing.ledger())[0]).toMatchObject({file: "orders/a.csv", loaded: 1, duplicates: 0, events: 1});
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
      landing.land(`orders/${name}.csv`, orderFile(files[name as "a"]));
      await landing.ingest();
    }
    expect(await found()).toEqual(refund);
    await expectSums(landing.database);
    landing.remove("orders/b.csv");
    landing.land("orders/b.csv", orderFile("2,bob,2024-01-01,0,2024-01-01"));
    await landing.ingest();
    expect(await found()).toEqual([{type: "commerce.purchase", value: 40}]);
    await expectSums(landing.database);
    landing.close();
    landing = await openLanding();
    landing.define("orders", wide);
  }
  landing.land("orders/all.csv", orderFile(files.a, files.b, files.c));
  expect((await landing.ingest()).batches).toMatchObject([{rows: 3, loaded: 1, duplicates: 2, events: 1}]);
  expect(await found()).toEqual(refund);
});

test("an id is unique per source, whether batches of sources stand together or mixed", async () => {
  landing.define("returns", orders.replace("commerce.purchase", "commerce.refund"));
  const counts = () =>
    landing.database.rows(
      "select source, loaded, duplicates from landing.batches where status = 'loaded' order by batch_id"
    );
  landing.land("orders/a.csv", orderFile(order(1), order(2)));
  await landing.ingest();
  landing.land("returns/a.csv", orderFile(order(2), order(3)));
  await landing.ingest();
  landing.land("orders/b.csv", orderFile(order(2), order(4)));
  await landing.ingest();
  landing.land("orders/c.csv", orderFile(order(3), order(4)));
  await landing.ingest();
  expect(await counts()).toEqual([
    {source: "orders", loaded: 2, duplicates: 0},
    {source: "returns", loaded: 2, duplicates: 0},
    {source: "orders", loaded: 1, duplicates: 1},
    {source: "orders", loaded: 1, duplicates: 1}
  ]);
});
