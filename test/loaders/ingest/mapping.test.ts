import {createHash} from "node:crypto";
import {afterEach, beforeEach, expect, test} from "vitest";
import {DefinitionError} from "../../../lib/definitions/check.js";
import {header, openLanding, orders, type Landing} from "./landing.js";

let landing: Landing;
beforeEach(async () => void (landing = await openLanding()));
afterEach(() => landing.close());

async function mistake(mapping: string): Promise<string> {
  landing.define("orders", orders.replace("value: amount", `value: ${JSON.stringify(mapping)}`));
  const error = await landing.ingest().then(
    () => undefined,
    (thrown: unknown) => thrown
  );
  expect(error).toBeInstanceOf(DefinitionError);
  return (error as DefinitionError).mistakes[0]!.message;
}

test("an expression is checked before any file is read, and names its place", async () => {
  expect(await mistake("amount * 2 +")).toMatch(/^events\.0\.value: syntax error .* in "amount \* 2 \+"$/);
  expect(await mistake("amout * 2")).toMatch(/^events\.0\.value: .*amout/);
  expect(await mistake("length(amount, 3)")).toMatch(/^events\.0\.value: /);
});

test("wrong expressions of all sources are told together, each with its line, before a file is taken in", async () => {
  landing.define("orders", orders.replace("value: amount,", "value: nosuch(amount),"));
  landing.define(
    "people",
    `kind: profiles
columns:
  id: {}
  at: {type: date}
identities: [{namespace: customer, from: id}]
time: at
attributes:
  tier: {from: "upper(id, 1, 2)"}
`
  );
  landing.define("rates", rates);
  landing.land("rates/a.csv", "currency,date,rate\nEUR,2024-01-02,1.1\n");
  const error = await landing.ingest().catch((thrown: unknown) => thrown as DefinitionError);
  expect((error as DefinitionError).mistakes.map(({file, line, path}) => [file, line, path])).toEqual([
    ["sources/orders.yaml", 11, "events.0.value"],
    ["sources/people.yaml", 8, "attributes.tier.from"]
  ]);
  expect(await landing.database.rows("from duckdb_tables() where schema_name = 'core'")).toEqual([]);
});

test("an expression may read its own row and nothing else", async () => {
  expect(await mistake("(select 1)")).toMatch(/not a sub-query/);
  expect(await mistake("(select max(value) from core.events)")).toMatch(/not a sub-query/);
  expect(await mistake("(from read_text('/etc/passwd'))")).toMatch(/sub-query|not a single/);
  expect(await mistake("1) from core.events --")).toMatch(/not a single expression|syntax error/);
  expect(await mistake("1), (2")).toMatch(/not a single expression/);
  expect(await mistake("sum(amount)")).toMatch(/sum\(\)/);
  expect(await mistake("row_number() over ()")).toMatch(/not a window/);
  expect(await mistake("$key")).toMatch(/parameters/);
});

test("an expression gives the same each time", async () => {
  expect(await mistake("random()")).toMatch(/random\(\) gives another result each time/);
  expect(await mistake("epoch(now())")).toMatch(/now\(\)/);
  expect(await mistake("current_date - '2024-01-01'::date")).toMatch(/current_date gives another result/);
});

test("columns may be called like SQL's own words", async () => {
  landing.define(
    "orders",
    `
columns: {select: {}, order: {type: decimal}, from_date: {from: date, type: date}}
identities: [{namespace: customer, from: select}]
time: from_date
events: [{type: commerce.purchase, value: order}]
`
  );
  landing.land("orders/a.csv", "select,order,date\nada,3,2024-01-01\n");
  expect((await landing.ingest()).batches[0]).toMatchObject({loaded: 1});
  expect(await landing.database.value("select value from core.events")).toBe(3);
});

test("an identity's id is the first 64 bits of a keyed hash of namespace and normalised value", async () => {
  landing.define(
    "orders",
    orders.replace("from: customer, primary: true", "from: customer, primary: true, normalise: email")
  );
  landing.land("orders/a.csv", `${header}\n1, Ada@Example.org ,2024-01-05,1,web\n2,ada@example.org,2024-01-07,1,web\n`);
  await landing.ingest();
  const sha = (text: string) => createHash("sha256").update(text).digest("hex");
  const id = BigInt(`0x${sha(`secret${sha("secretcustomerada@example.org")}`).slice(0, 16)}`);
  const [identity] = await landing.database.rows("from core.identities");
  expect(identity).toMatchObject({
    identity_id: id,
    namespace: "customer",
    value: "ada@example.org",
    profile_id: id,
    is_primary: true,
    first_seen: new Date("2024-01-05"),
    last_seen: new Date("2024-01-07")
  });
  const events = await landing.database.rows("select distinct identity_id, profile_id from core.events");
  expect(events).toEqual([{identity_id: id, profile_id: id}]);
});

test("other identities of a row are recorded with its profile", async () => {
  landing.define("orders", orders.replace("identities: [", "identities: [{namespace: device, from: channel}, "));
  landing.land("orders/a.csv", `${header}\n1,ada,2024-01-05,1,web\n2,bob,2024-01-06,1,web\n3,bob,2024-01-06,1,\n`);
  await landing.ingest();
  const rows = await landing.database.rows<{namespace: string; value: string; profile_id: bigint; is_primary: boolean}>(
    "select namespace, value, profile_id, is_primary from core.identities order by namespace, value"
  );
  expect(rows.map((row) => [row.namespace, row.value, row.is_primary])).toEqual([
    ["customer", "ada", true],
    ["customer", "bob", true],
    ["device", "web", false]
  ]);
  const [ada, bob, web] = rows.map((row) => BigInt(row.profile_id));
  expect(web).toBe(ada! < bob! ? ada : bob);
});

test("a profile's row becomes an event that sets its attributes", async () => {
  landing.define(
    "members",
    `
kind: profiles
columns: {id: {}, tier: {values: [gold, silver]}, joined: {type: date}}
identities: [{namespace: customer, from: id}]
time: joined
attributes: {tier: tier, joined_on: {from: joined, type: date}}
`
  );
  landing.land("members/a.csv", "id,tier,joined\nada,gold,2024-01-05\nbob,,2024-02-01\n");
  await landing.ingest();
  const rows = await landing.database.rows("select event_type, properties from core.events order by event_time");
  expect(rows).toEqual([
    {event_type: "profile.updated", properties: {channel: null, joined_on: "2024-01-05", tier: "gold"}},
    {event_type: "profile.updated", properties: {channel: null, joined_on: "2024-02-01", tier: null}}
  ]);
});

test("_file and _row can be mapped like columns", async () => {
  landing.define(
    "orders",
    orders
      .replace("from: customer, primary: true", "from: row, primary: true")
      .replace("channel: channel", "channel: file")
      .replace("columns:", "columns:\n  row: {from: _row, type: integer}\n  file: {from: _file}")
  );
  landing.land("orders/a.csv", `${header}\n1,ada,2024-01-05,1,web\n2,bob,2024-01-06,1\n3,bob,2024-01-06,1,web\n`);
  await landing.ingest();
  const rows = await landing.database.rows("select value from core.identities order by value");
  expect(rows.map((row) => row.value)).toEqual(["1", "3"]);
  expect(await landing.database.value("select any_value(properties.channel) from core.events")).toBe("orders/a.csv");
});

const rates = `
kind: lookup
columns: {currency: {}, date: {type: date}, rate: {type: number}}
key: [currency, date]
`;

test("a lookup becomes a table, one row per key", async () => {
  landing.define("rates", rates);
  landing.land("rates/a.csv", "currency,date,rate\nEUR,2024-01-01,1.1\nEUR,2024-01-10,1.2\n");
  landing.land("rates/b.csv", "currency,date,rate\nEUR,2024-01-10,1.3\nGBP,2024-01-01,1.5\n");
  const {batches} = await landing.ingest();
  expect(batches.reduce((sum, batch) => sum + batch.loaded, 0)).toBe(batches[0]!.loaded + batches[1]!.loaded);
  expect(await landing.database.value("select count(*) from core.rates")).toBe(3);
  const ledger = await landing.database.row(
    "select sum(loaded) as loaded, sum(duplicates) as duplicates from landing.batches"
  );
  expect({loaded: Number(ledger!.loaded), duplicates: Number(ledger!.duplicates)}).toEqual({loaded: 3, duplicates: 1});
  landing.land("rates/b.csv", "currency,date,rate\nGBP,2024-01-01,1.6\n");
  await landing.ingest();
  expect(await landing.database.rows("select currency, rate from core.rates order by currency, date")).toEqual([
    {currency: "EUR", rate: 1.1},
    {currency: "EUR", rate: 1.2},
    {currency: "GBP", rate: 1.6}
  ]);
});

test("a foreign amount is converted at the latest rate on or before its day, else refused", async () => {
  landing.define(
    "orders",
    orders.replace("value: amount,", "value: amount, currency: channel,").replace("{values: [web, shop]}", "{}")
  );
  landing.define("rates", rates);
  landing.land("rates/a.csv", "currency,date,rate\nEUR,2024-01-02,1.1\nEUR,2024-01-10,1.2\n");
  landing.land(
    "orders/a.csv",
    `${header}\n1,ada,2024-01-09,100,EUR\n2,ada,2024-01-10,100,eur\n3,ada,2024-01-01,100,EUR\n4,ada,2024-01-05,100,USD\n5,ada,2024-01-05,100,\n6,ada,2024-01-05,100,GBP\n`
  );
  const {batches} = await landing.ingest();
  expect(batches.find((batch) => batch.source === "orders")).toMatchObject({loaded: 4, rejected: 2});
  expect(await landing.rejects()).toEqual(["4 currency foreign_currency", "7 currency foreign_currency"]);
  expect(
    await landing.database.rows("select value, currency from core.events order by event_id % 7, value, currency")
  ).toHaveLength(4);
  const values = await landing.database.rows("select value, currency from core.events order by value, currency");
  expect(values).toEqual([
    {value: 100, currency: "USD"},
    {value: 100, currency: "USD"},
    {value: 110, currency: "EUR"},
    {value: 120, currency: "EUR"}
  ]);
  landing.land("rates/b.csv", "currency,date,rate\nEUR,2024-01-01,1\n");
  await landing.ingest();
  expect(await landing.rejects()).toEqual(["7 currency foreign_currency"]);
  expect(await landing.database.value("select sum(value) from core.events")).toBe(530);
});
