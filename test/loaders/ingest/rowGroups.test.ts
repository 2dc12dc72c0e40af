import {afterEach, expect, test} from "vitest";
import {openLanding, type Landing} from "./landing.js";

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
