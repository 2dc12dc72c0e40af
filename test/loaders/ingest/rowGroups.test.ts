import {afterEach, expect, test} from "vitest";
import {openLanding, orders, type Landing} from "./landing.js";

let landing: Landing;
afterEach(() => landing.close());

const source = (property: string) => `
id: {rule: row}
columns: {customer: {required: true}, at: {type: timestamp, required: true}, ${property}: {type: integer}}
identities: [{namespace: customer, from: customer, primary: true}]
time: at
events: [{type: commerce.purchase, properties: {${property}: ${property}}}]
`;

function file(property: string, rows: number): string {
  const lines = Array.from({length: rows}, (_, row) => `c${row % 500},2024-01-0${1 + (row % 9)},${row}`);
  return `customer,at,${property}\n${lines.join("\n")}\n`;
}

/** Rows of a file beside which the engine once filled other sources' properties with what lay in memory. */
const nearlyFull = 119_984;

async function strangers(): Promise<unknown> {
  return await landing.database.row(
    `select count(*) as events, count(*) filter (source = 'large' and properties.size is not null) as strange,
       count(*) filter (source = 'large' and properties.place is null) as lost
     from core.events`
  );
}

test("a property of other sources stays null where a nearly full row group follows a small batch", async () => {
  landing = await openLanding({sources: {few: source("size"), large: source("place")}});
  landing.land("few/few.csv", file("size", 9410));
  landing.land("large/large.csv", file("place", nearlyFull));
  await landing.ingest();
  expect(await strangers()).toEqual({events: 9410 + nearlyFull, strange: 0, lost: 0});
});

test("a property of other sources stays null where a large file is taken in again, under another definition", async () => {
  landing = await openLanding({sources: {few: source("size"), large: source("place")}});
  landing.land("large/large.csv", file("place", nearlyFull));
  await landing.ingest();
  await landing.database.run("checkpoint");
  landing.land("few/few.csv", file("size", 9410));
  await landing.ingest();
  landing.define("large", source("place").replace("{required: true}", "{required: true, max_length: 9}"));
  await landing.ingest();
  expect(await strangers()).toEqual({events: 9410 + nearlyFull, strange: 0, lost: 0});
});

const told = `
id: {rule: column, column: id}
columns: {id: {required: true}, customer: {required: true}, at: {type: timestamp}, told: {type: timestamp}, place: {}}
identities: [{namespace: customer, from: customer, primary: true}]
time: at
received_at: told
events: [{type: commerce.purchase, properties: {place: place}}]
`;

/** Rows of consecutive ids, all told on one day. */
function toldFile(first: number, rows: number, day: string): string {
  const lines = Array.from(
    {length: rows},
    (_, row) => `${first + row},c${row % 500},2024-01-0${1 + (row % 9)},${day},x`
  );
  return `id,customer,at,told,place\n${lines.join("\n")}\n`;
}

/** Events by the ledger, and those that are there. */
async function counted(): Promise<unknown> {
  return await landing.database.row(
    `select (select sum(events) from landing.batches where status = 'loaded')::integer as ledger,
       (select count(*) from core.events) as events, (select count(*) from landing.duplicates) as duplicates`
  );
}

const again = (yaml: string) => yaml.replace("{required: true}", "{required: true, max_length: 9}");

test("a property of other sources stays null where files taken in again repeat each other's ids", async () => {
  landing = await openLanding({sources: {few: source("size"), large: told}});
  landing.land("few/few.csv", file("size", 10));
  landing.land("large/a.csv", toldFile(0, 9410, "2024-02-01"));
  landing.land("large/b.csv", toldFile(9400, nearlyFull, "2024-02-01"));
  landing.land("large/c.csv", toldFile(9000, 500, "2024-02-02"));
  await landing.ingest();
  landing.define("large", again(told));
  await landing.ingest();
  expect(await strangers()).toEqual({events: 10 + 9400 + nearlyFull, strange: 0, lost: 0});
  expect(await counted()).toEqual({ledger: 9410 + nearlyFull, events: 9410 + nearlyFull, duplicates: 510});
});

test("the events of a changed file are there, and counted, where none of those before had stood aside", async () => {
  landing = await openLanding({sources: {large: source("place")}});
  landing.land("large/a.csv", file("place", 10));
  await landing.ingest();
  landing.land("large/a.csv", file("place", nearlyFull));
  await landing.ingest();
  expect(await counted()).toEqual({ledger: nearlyFull, events: nearlyFull, duplicates: 0});
});

test("the events of files taken in again are there, and counted", async () => {
  landing = await openLanding({sources: {large: source("place")}});
  landing.land("large/a.csv", file("place", nearlyFull));
  landing.land("large/b.csv", file("place", nearlyFull + 1));
  await landing.ingest();
  landing.define("large", again(source("place")));
  await landing.ingest();
  expect(await counted()).toEqual({ledger: 2 * nearlyFull + 1, events: 2 * nearlyFull + 1, duplicates: 0});
});

test("the events of a file that tells all of another's anew are there, and counted", async () => {
  landing = await openLanding({sources: {large: told}});
  landing.land("large/a.csv", toldFile(0, nearlyFull, "2024-02-01"));
  await landing.ingest();
  landing.land("large/b.csv", toldFile(0, nearlyFull, "2024-02-02"));
  await landing.ingest();
  expect(await counted()).toEqual({ledger: nearlyFull, events: nearlyFull, duplicates: nearlyFull});
});

test("a lookup taken in again has each key once", async () => {
  const prices = "kind: lookup\nkey: [product]\ncolumns: {product: {required: true}, price: {type: decimal}}\n";
  const list = (from: number) => Array.from({length: nearlyFull}, (_, row) => `${from + row},1\n`).join("");
  landing = await openLanding({sources: {orders, prices}});
  landing.land("prices/a.csv", `product,price\n${list(0)}`);
  landing.land("prices/b.csv", `product,price\n${list(nearlyFull)}`);
  await landing.ingest();
  landing.define("prices", again(prices));
  await landing.ingest();
  expect(await landing.database.value("select count(*) from core.prices")).toBe(2 * nearlyFull);
});
