import {afterEach, beforeEach, expect, test} from "vitest";
import {expectSums, header, openLanding, order, orderFile, orders, type Landing} from "./landing.js";

let landing: Landing;
beforeEach(async () => void (landing = await openLanding()));
afterEach(() => landing.close());

test("a changed definition takes the source's files in again, in one transaction", async () => {
  landing.land("orders/a.csv", orderFile(order(1)));
  landing.land("orders/b.csv", orderFile(order(2)));
  await landing.ingest();
  landing.define("orders", orders.replace("value: amount,", "value: amount * 2,"));
  expect((await landing.ingest()).batches.map((batch) => batch.outcome)).toEqual([
    "withdrawn",
    "withdrawn",
    "new",
    "new"
  ]);
  expect(await landing.amounts()).toEqual([2, 2]);
  landing.define("orders", orders.replace("value: amount,", "value: amount * 2,") + "\ndescription: only words");
  expect((await landing.ingest()).changed).toBe(false);
});

test("a changed definition under which a file fails changes nothing, once", async () => {
  landing.land("orders/a.csv", orderFile(order(1)));
  landing.land("orders/b.csv", orderFile(order(2, 500)));
  await landing.ingest();
  landing.define("orders", orders.replace("max: 1000", "max: 100").replace("max_percent: 100", "max_percent: 5"));
  const {batches} = await landing.ingest();
  expect(batches.map((batch) => [batch.file, batch.outcome])).toEqual([
    ["orders/b.csv", "failed"],
    ["orders/a.csv", "unchanged"]
  ]);
  expect(await landing.rejects()).toEqual(["2 amount out_of_range"]);
  expect(await landing.amounts()).toEqual([1, 500]);
  expect((await landing.ingest()).changed).toBe(false);
  landing.define("orders", orders);
  await landing.ingest();
  expect(await landing.amounts()).toEqual([1, 500]);
  await expectSums(landing.database);
});

test("a changed definition reads files of mixed line ends too", async () => {
  landing.land("orders/a.csv", `${header}\r\n${order(1)}\n${order(2)}\r\n`);
  await landing.ingest();
  landing.define("orders", orders.replace("value: amount,", "value: amount * order_id::integer,"));
  await landing.ingest();
  expect(await landing.amounts()).toEqual([1, 2]);
});

test("a property declared later becomes a field of every event", async () => {
  landing.land("orders/a.csv", orderFile(order(1)));
  await landing.ingest();
  landing.define("more", orders.replace("{channel: channel}", "{basket: {from: amount, type: integer}}"));
  await landing.ingest();
  expect(await landing.database.value("select properties from core.events")).toEqual({basket: null, channel: "web"});
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
    target.land("orders/a.csv", orderFile(order(1), order(2, 2, "bob"), order(3, 3, "cyd")));
    target.land("orders/b.csv", orderFile(order(3, 4, "cyd"), order(4, 5, "dan")));
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
  landing.land("orders/a.csv", orderFile(order(1)));
  landing.land("orders/b.csv", orderFile(order(2, 2, "bob")));
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
  expect((await landing.ledger()).filter(({status}) => status === "loaded")).toHaveLength(4);
  await expectSums(landing.database);
});
