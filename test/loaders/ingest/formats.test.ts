import {gzipSync} from "node:zlib";
import {afterEach, beforeEach, expect, test} from "vitest";
import {quoteText} from "../../../lib/sql.js";
import {header, openLanding, orders, type Landing} from "./landing.js";

let landing: Landing;
beforeEach(async () => void (landing = await openLanding()));
afterEach(() => landing.close());

const rows = ["1,José,2024-01-05 10:00:00,10.50,web", '2,"Bob, ""the"" buyer",2024-01-06 11:00:00,20,shop'];
const text = `${header}\n${rows.join("\n")}\n`;
const records = [
  {order_id: 1, customer: "José", at: "2024-01-05 10:00:00", amount: 10.5, channel: "web"},
  {order_id: 2, customer: 'Bob, "the" buyer', at: "2024-01-06T11:00:00Z", amount: "20", channel: "shop", note: null}
];

async function taken(file: string, content: string | Buffer): Promise<string[]> {
  landing.land(file, content);
  const {batches} = await landing.ingest();
  expect(batches[0]).toMatchObject({outcome: "new", rows: 2, loaded: 2});
  return landing.events();
}

async function sameAsCsv(file: string, content: string | Buffer): Promise<void> {
  const events = await taken(file, content);
  landing.remove(file);
  landing.land("orders/same.csv", text);
  const {batches} = await landing.ingest();
  expect(batches.find((batch) => batch.file === "orders/same.csv")).toMatchObject({loaded: 0, duplicates: 2});
  expect(await landing.events()).toEqual(events);
  expect(events.map((event) => JSON.parse(event).value)).toEqual(expect.arrayContaining([10.5, 20]));
  const names = await landing.database.rows<{value: string}>("select value from core.identities order by value");
  expect(names.map((row) => row.value)).toEqual(['Bob, "the" buyer', "José"]);
}

test("a gzipped CSV gives the events of the plain one", () => sameAsCsv("orders/a.csv.gz", gzipSync(text)));

test("a gzip of several members is read to its end", () =>
  sameAsCsv("orders/a.csv.gz", Buffer.concat([gzipSync(`${header}\n${rows[0]}\n`), gzipSync(`${rows[1]}\n`)])));

test("tabs separate a TSV", () =>
  sameAsCsv(
    "orders/a.tsv",
    `${header.replaceAll(",", "\t")}\n1\tJosé\t2024-01-05 10:00:00\t10.50\tweb\n2\t"Bob, ""the"" buyer"\t2024-01-06 11:00:00\t20\tshop\n`
  ));

test("the delimiter is found in the header", () =>
  sameAsCsv(
    "orders/a.csv",
    `${header.replaceAll(",", ";")}\n1;José;2024-01-05 10:00:00;10.50;web\n2;Bob, "the" buyer;2024-01-06 11:00:00;20;shop\n`
  ));

test("UTF-16 with and without its mark gives the events of UTF-8", async () => {
  await sameAsCsv("orders/a.csv", Buffer.from(`\uFEFF${text}`, "utf16le"));
  landing.remove("orders/same.csv");
  landing.land("orders/b.csv", Buffer.from(text.repeat(1), "utf16le"));
  landing.land("orders/c.csv.gz", gzipSync(Buffer.from(`\uFEFF${text}`, "utf16le").swap16()));
  const {batches} = await landing.ingest();
  for (const file of ["orders/b.csv", "orders/c.csv.gz"]) {
    expect(batches.find((batch) => batch.file === file)).toMatchObject({rows: 2, duplicates: 2});
  }
});

test("a source may say that its files are windows-1252", async () => {
  landing.define("orders", `${orders}\nencoding: windows-1252`);
  await sameAsCsvIn("windows-1252");
});

async function sameAsCsvIn(encoding: string): Promise<void> {
  landing.land("orders/a.csv", Buffer.from(text, "latin1"));
  const {batches} = await landing.ingest();
  expect(batches[0], encoding).toMatchObject({loaded: 2, rejected: 0});
  expect(await landing.database.value("select count(*) from core.identities where value = 'José'")).toBe(1);
}

test("newline-delimited JSON gives the events of CSV", () =>
  sameAsCsv("orders/a.ndjson", records.map((record) => JSON.stringify(record)).join("\n\n")));

test("a JSON array gives the events of CSV", async () => {
  await sameAsCsv("orders/a.json", JSON.stringify(records, null, 2));
  expect(landing.warnings).toEqual(['orders/a.json: columns that sources/orders.yaml does not declare: "note"']);
});

test("a gzipped JSON array gives the events of CSV", () =>
  sameAsCsv("orders/a.json.gz", gzipSync(JSON.stringify(records))));

test("a JSON array that is cut short fails with a clear message", async () => {
  landing.land("orders/a.json", JSON.stringify(records).slice(0, -1));
  const {batches} = await landing.ingest();
  expect(batches[0]!.error).toBe("broken_json: the array does not end in ]: the file is cut short");
});

test("a JSON array with a fault inside fails with a clear message", async () => {
  landing.land("orders/a.json", JSON.stringify(records).replace('"customer":', '"customer"'));
  const {batches} = await landing.ingest();
  expect(batches[0]!.error).toMatch(/^broken_json: /);
});

test("lines that are not JSON objects are refused one by one", async () => {
  landing.land("orders/a.ndjson", `${JSON.stringify(records[0])}\n{"order_id":\n[1, 2]\n`);
  await landing.ingest();
  expect(await landing.rejects()).toEqual(["2 not_json", "3 not_an_object"]);
});

test("Parquet gives the events of CSV", async () => {
  const path = landing.land("orders/a.parquet", "");
  await landing.database.run(
    `copy (select * from (values
       (1, 'José', timestamp '2024-01-05 10:00:00', 10.50::double, 'web'),
       (2, 'Bob, "the" buyer', timestamp '2024-01-06 11:00:00', 20::double, 'shop')
     ) t(order_id, customer, "at", amount, channel)) to ${quoteText(path)}`
  );
  const {batches} = await landing.ingest();
  expect(batches[0]).toMatchObject({outcome: "new", loaded: 2});
  landing.remove("orders/a.parquet");
  landing.land("orders/same.csv", text);
  expect((await landing.ingest()).batches.find((batch) => batch.file === "orders/same.csv")).toMatchObject({
    duplicates: 2
  });
});

test("a broken Parquet file fails its batch", async () => {
  landing.land("orders/a.parquet", "PAR1 no parquet");
  expect((await landing.ingest()).batches[0]).toMatchObject({outcome: "failed"});
});

test("quoted line ends stay in their value", async () => {
  landing.land("orders/a.csv", `${header}\r\n1,"Ada\r\nLovelace",2024-01-05,1,web\r\n`);
  await landing.ingest();
  expect(await landing.database.value("select value from core.identities")).toBe("Ada\r\nLovelace");
});

test("a file without a header is read in the order of the columns", async () => {
  landing.define("orders", `${orders}\ndialect: {header: false, skip: 1, delimiter: "|", nulls: ["", "-"]}`);
  landing.land("orders/a.csv", "export of today\n1|ada|2024-01-05|1|-\n2||2024-01-05|1|web\n");
  expect((await landing.ingest()).batches[0]).toMatchObject({loaded: 1, rejected: 1});
  expect(await landing.rejects()).toEqual(["3 customer required_missing"]);
});

test("times are read by format and zone, and stored in UTC", async () => {
  landing.define(
    "times",
    `
time_zone: Europe/Berlin
decimal: ","
columns:
  id: {}
  iso: {type: timestamp}
  german: {type: timestamp, format: ["%d.%m.%Y %H:%M", "%d.%m.%Y"]}
  seconds: {type: timestamp, format: epoch_s}
  millis: {type: timestamp, format: epoch_ms}
  tokyo: {type: timestamp, time_zone: Asia/Tokyo}
  day: {type: date, format: "%d/%m/%Y"}
  amount: {type: decimal}
identities: [{namespace: customer, from: id}]
events:
  - {type: a.iso, time: iso, value: amount}
  - {type: a.german, time: german}
  - {type: a.seconds, time: seconds}
  - {type: a.millis, time: millis}
  - {type: a.tokyo, time: tokyo}
  - {type: a.day, time: day}
`
  );
  const header = "id;iso;german;seconds;millis;tokyo;day;amount";
  const line = (iso: string) =>
    `1;${iso};15.07.2023 12:30;1689417000;1689417000123;2023-07-15 19:30:00;15/07/2023;1.234,56`;
  landing.land(
    "times/a.csv",
    // Summer time, an offset, a Z, the hour that is skipped and the one that comes twice.
    `${[header, ...["2023-07-15T12:30:00", "2023-07-15T12:30:00+09:00", "2023-07-15 10:30:00Z", "2023-03-26 02:30:00", "2023-10-29 02:30:00", "2023-01-15 12:30:00.250"].map(line)].join("\n")}\n`
  );
  const {batches} = await landing.ingest();
  expect(batches[0]).toMatchObject({loaded: 6, rejected: 0});
  const times = async (type: string) =>
    (
      await landing.database.rows<{t: Date}>(
        `select event_time as t from core.events where event_type = ${quoteText(type)} order by event_id`
      )
    ).map((row) => row.t.toISOString());
  expect(await times("a.iso")).toEqual([
    "2023-07-15T10:30:00.000Z",
    "2023-07-15T03:30:00.000Z",
    "2023-07-15T10:30:00.000Z",
    "2023-03-26T01:30:00.000Z",
    "2023-10-29T00:30:00.000Z",
    "2023-01-15T11:30:00.250Z"
  ]);
  const first = async (type: string) => (await times(type))[0];
  expect(await first("a.german")).toBe("2023-07-15T10:30:00.000Z");
  expect(await first("a.seconds")).toBe("2023-07-15T10:30:00.000Z");
  expect(await first("a.millis")).toBe("2023-07-15T10:30:00.123Z");
  expect(await first("a.tokyo")).toBe("2023-07-15T10:30:00.000Z");
  expect(await first("a.day")).toBe("2023-07-14T22:00:00.000Z");
  expect(await landing.database.value("select max(value) from core.events")).toBe(1234.56);
});

test("an event's date is the local one of the workspace", async () => {
  landing.close();
  landing = await openLanding({workspace: "time_zone: America/New_York"});
  landing.define("orders", `${orders}\ntime_zone: UTC`);
  landing.land("orders/a.csv", `${header}\n1,ada,2024-01-05 03:00:00,1,web\n2,ada,2024-07-05 04:00:00,1,web\n`);
  await landing.ingest();
  const dates = await landing.database.rows("select event_date from core.events order by event_time");
  expect(dates.map((row) => row.event_date)).toEqual(["2024-01-04", "2024-07-05"]);
});
