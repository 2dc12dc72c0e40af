import {chmodSync} from "node:fs";
import {gzipSync} from "node:zlib";
import {afterEach, beforeEach, expect, test} from "vitest";
import {expectSums, header, openLanding, orders, type Landing} from "./landing.js";

let landing: Landing;
beforeEach(async () => void (landing = await openLanding()));
afterEach(() => landing.close());

const good = "1,ada,2024-01-05 10:00:00,10.50,web";

/** Takes in one file of a good row and the given ones; returns what was refused. */
async function refuse(rows: string[], name = "orders/a.csv"): Promise<string[]> {
  landing.land(name, [header, good, ...rows, ""].join("\n"));
  const report = await landing.ingest();
  expect(report.batches.map((batch) => batch.outcome)).toEqual(["new"]);
  expect(report.batches[0]!.loaded).toBe(1);
  expect(report.batches[0]!.rows).toBe(1 + rows.length);
  await expectSums(landing.database);
  return landing.rejects();
}

async function failure(file: string, content: string | Buffer): Promise<string> {
  landing.land(file, content);
  const {batches} = await landing.ingest();
  expect(batches).toHaveLength(1);
  expect(batches[0]!.outcome).toBe("failed");
  expect(await landing.database.value("select count(*) from core.events")).toBe(0);
  await expectSums(landing.database);
  return batches[0]!.error!;
}

test("a value of the wrong type is refused with its line, column, value and row", async () => {
  expect(await refuse(["2,bob,2024-01-05 10:00:00,ten,web"])).toEqual(["3 amount wrong_type"]);
  const [reject] = await landing.database.rows("from landing.rejects");
  expect(reject).toMatchObject({file: "orders/a.csv", value: "ten"});
  expect(JSON.parse(String(reject!.raw))).toEqual({
    order_id: "2",
    customer: "bob",
    at: "2024-01-05 10:00:00",
    amount: "ten",
    channel: "web"
  });
});

test("each kind of bad value has a code of its own", async () => {
  const rows = [
    "2,bob,2023-02-30 10:00:00,1,web",
    "3,bob,yesterday,1,web",
    "4,bob,2024-01-05,,web",
    "5,bob,2024-01-05,1,phone",
    "6,bob,2024-01-05,-1,web",
    "7,bob,2024-01-05,1001,web",
    "8,,2024-01-05,1,web",
    "9,anonymous,2024-01-05,1,web",
    "10,bob,2999-01-01,1,web",
    ",bob,2024-01-05,1,web"
  ];
  expect(await refuse(rows)).toEqual([
    "3 at impossible_date",
    "4 at wrong_type",
    "5 amount required_missing",
    "6 channel not_in_values",
    "7 amount out_of_range",
    "8 amount out_of_range",
    "9 customer required_missing",
    "10 customer identity_junk",
    "11 at event_in_future",
    "12 order_id required_missing"
  ]);
});

test("a row with several faults is refused once, with every reason", async () => {
  expect(await refuse(["2,bob,2023-02-30,ten,phone"])).toEqual([
    "3 amount wrong_type",
    "3 at impossible_date",
    "3 channel not_in_values"
  ]);
  const [batch] = await landing.database.rows("from landing.batches");
  expect(batch).toMatchObject({rows: 2, loaded: 1, rejected: 1});
});

test("ragged lines are refused at their line, and later lines keep theirs", async () => {
  const rows = ["2,bob,2024-01-05", "3,bob,2024-01-05,1,web,more", "4,bob,2024-01-05,x,web", "5,bob,2024-01-05,y,web"];
  expect(await refuse(rows)).toEqual([
    "3 too_few_fields",
    "4 too_many_fields",
    "5 amount wrong_type",
    "6 amount wrong_type"
  ]);
});

test("bytes that are not UTF-8 are refused with the bytes in base64", async () => {
  const bad = Buffer.from("2,Jos\xe9,2024-01-05,1,web", "latin1");
  landing.land(
    "orders/a.csv",
    Buffer.concat([Buffer.from(`${header}\n${good}\n`), bad, Buffer.from("\n3,eve,2024-01-05,1,web\n")])
  );
  await landing.ingest();
  expect(await landing.rejects()).toEqual(["3 bad_encoding"]);
  const raw = await landing.database.value<string>("select raw from landing.rejects");
  expect(Buffer.from(raw!, "base64")).toEqual(bad);
  expect(await landing.database.value("select count(*) from core.events")).toBe(2);
});

test("a quoted value with text beside it is refused", async () => {
  expect(await refuse(['2,"bob"by,2024-01-05,1,web'])).toEqual(["3 malformed_quotes"]);
});

test("a cell of a million characters is refused, not fatal", async () => {
  expect(await refuse([`2,${"x".repeat(1_000_000)},2024-01-05,1,web`])).toEqual(["3 customer too_long"]);
  const value = await landing.database.value<string>("select value from landing.rejects");
  expect(value!.length).toBe(200);
});

test("a line beyond the reader's limit is refused", async () => {
  expect(await refuse([`2,${"x".repeat(3_000_000)},2024-01-05,1,web`])).toEqual(["3 line_too_long"]);
});

test("lines count as in an editor up to the first line end inside quotes, then as records", async () => {
  const rows = ["2,bob,2024-01-05,x,web", '3,"Eve\nLin",2024-01-05,y,web', "4,bob,2024-01-05,z,web"];
  expect(await refuse(rows)).toEqual(["3 amount wrong_type", "4 amount wrong_type", "4 amount wrong_type"]);
});

test("columns that are missing fail the batch; each is named with the nearest", async () => {
  expect(await failure("orders/a.csv", "order_id,custmer,at,amount,channel\n1,a,2024-01-05,1,web\n")).toBe(
    'missing_column: no column "customer" (did you mean "custmer"?); declared in sources/orders.yaml'
  );
});

test("where a missing column has no near name, the header is shown", async () => {
  expect(await failure("orders/a.csv", "order_id,custmer,when,ammount,channel\n1,a,2024-01-05,1,web\n")).toBe(
    'missing_column: no column "customer" (did you mean "custmer"?), no column "at", ' +
      'no column "amount" (did you mean "ammount"?); the header has order_id, custmer, when, ammount, channel; declared in sources/orders.yaml'
  );
});

test("two columns of one mapped name fail the batch", async () => {
  expect(await failure("orders/a.csv", `${header},amount\n${good},3\n`)).toBe(
    'duplicate_column: two columns are called "amount"'
  );
});

test("an undeclared column is told, ignored or refused, as the source says", async () => {
  landing.land("orders/a.csv", `${header},note\n${good},x\n`);
  expect((await landing.ingest()).batches[0]!.loaded).toBe(1);
  expect(landing.warnings).toEqual(['orders/a.csv: columns that sources/orders.yaml does not declare: "note"']);
  landing.define("orders", `${orders}\nunknown_columns: fail`);
  const report = await landing.ingest();
  expect(report.batches[0]!.error).toMatch(/^unknown_column: .*"note"/);
  expect(await landing.database.value("select count(*) from core.events")).toBe(1);
});

test("columns are matched by name, in whatever order they stand", async () => {
  landing.land("orders/a.csv", `channel,amount,at,customer,order_id\nweb,10.50,2024-01-05 10:00:00,ada,1\n`);
  await landing.ingest();
  const first = await landing.events();
  landing.remove("orders/a.csv");
  landing.land("orders/b.csv", `${header}\n${good}\n`);
  const {batches} = await landing.ingest();
  expect(batches.find((batch) => batch.file === "orders/b.csv")!.duplicates).toBe(1);
  expect(await landing.events()).toEqual(first);
});

test("a gzip that is cut short fails the batch", async () => {
  const whole = gzipSync(`${header}\n${good}\n`.repeat(200));
  expect(await failure("orders/a.csv.gz", whole.subarray(0, whole.length - 9))).toMatch(/^damaged_gzip: /);
  const again = await landing.ingest();
  expect(again.batches[0]!.outcome).toBe("unchanged");
});

test("a gzip whose checksum is wrong fails the batch", async () => {
  const whole = gzipSync(`${header}\n${good}\n`);
  whole[whole.length - 6]! ^= 0xff;
  expect(await failure("orders/a.csv.gz", whole)).toMatch(/^damaged_gzip: /);
});

test("an empty file fails the batch", async () => {
  expect(await failure("orders/a.csv", "")).toBe("empty_file: the file is empty");
});

test("a file of a header alone is a batch of no rows", async () => {
  landing.land("orders/a.csv", `${header}\n`);
  expect((await landing.ingest()).batches[0]).toMatchObject({outcome: "new", rows: 0, loaded: 0});
});

test("a quote that never closes fails the batch", async () => {
  expect(await failure("orders/a.csv", `${header}\n${good}\n2,"bob,2024-01-05,1,web\n3,eve,2024-01-05,1,web\n`)).toBe(
    "unterminated_quote: a quote opens in line 3 and never closes, if not one before"
  );
});

test("an ending that says no format fails the batch with the way out", async () => {
  expect(await failure("orders/a.xlsx", "PK")).toMatch(/^unknown_format: .*`format:`/);
});

test.skipIf(process.getuid?.() === 0)("a file that cannot be opened fails the batch", async () => {
  const path = landing.land("orders/a.csv", `${header}\n${good}\n`);
  chmodSync(path, 0o000);
  const {batches} = await landing.ingest();
  expect(batches[0]!.error).toMatch(/^unreadable: .*EACCES/);
  chmodSync(path, 0o644);
  expect((await landing.ingest()).batches[0]!.outcome).toBe("new");
});

test("hidden and unfinished files are not looked at", async () => {
  for (const name of [".a.csv", "a.csv.part", "a.csv.tmp", ".sync/a.csv"])
    landing.land(`orders/${name}`, `${header}\n${good}\n`);
  expect((await landing.ingest()).batches).toEqual([]);
});

test("more refused rows than the threshold fail the batch, which keeps them", async () => {
  landing.define("orders", orders.replace("max_percent: 100", "max_percent: 40"));
  const error = await failure("orders/a.csv", `${header}\n${good}\n2,bob,2024-01-05,x,web\n`);
  expect(error).toBe(
    'too_many_rejects: 1 of 2 rows were refused, more than the 40% of `rejects` in sources/orders.yaml; 1 of them for wrong_type in amount: not of type decimal: expected a number with "." before its decimals; see `decimal`'
  );
  expect(await landing.rejects()).toEqual(["3 amount wrong_type"]);
  expect((await landing.ingest()).batches[0]!.outcome).toBe("unchanged");
  expect((await landing.ingest({retry: true})).batches[0]!.outcome).toBe("failed");
  expect(await landing.rejects()).toEqual(["3 amount wrong_type"]);
  landing.define("orders", orders.replace("max_percent: 100", "max_count: 1, max_percent: 50"));
  expect((await landing.ingest()).batches[0]).toMatchObject({outcome: "new", loaded: 1, rejected: 1});
});

test("an expression that fails on a row refuses that row alone", async () => {
  landing.define(
    "orders",
    orders.replace("value: amount", "value: amount / (order_id::integer % 2)::decimal, quantity: order_id::integer")
  );
  landing.land("orders/a.csv", `${header}\n${good}\nx,bob,2024-01-05,1,web\n`);
  expect((await landing.ingest()).batches[0]).toMatchObject({outcome: "new", loaded: 1, rejected: 1});
  expect((await landing.rejects())[0]).toBe("3 expression_failed");
});

test("names and values that look like SQL are only names and values", async () => {
  const name = `it's "a"; drop table core.events; --`;
  landing.define(
    "orders",
    orders.replace("customer: {required: true}", `customer: {from: ${JSON.stringify(name)}, required: true}`)
  );
  const quoted = `"${name.replaceAll('"', '""')}"`;
  landing.land(
    `orders/'; drop table x; --\n.csv`,
    `order_id,${quoted},at,amount,channel\n1,"'; drop table core.events; --",2024-01-05,1,web\n2,,2024-01-05,1,web\n`
  );
  const {batches} = await landing.ingest();
  expect(batches[0]).toMatchObject({outcome: "new", loaded: 1, rejected: 1});
  expect(await landing.database.value("select value from core.identities")).toBe("'; drop table core.events; --");
  expect(await landing.database.value("select column_name from landing.rejects")).toBe(name);
});

test("mixed line ends and a byte-order mark are read", async () => {
  landing.land("orders/a.csv", `\uFEFF${header}\r\n${good}\n2,bob,2024-01-05,1,shop\r\n`);
  expect((await landing.ingest()).batches[0]).toMatchObject({outcome: "new", loaded: 2});
});
