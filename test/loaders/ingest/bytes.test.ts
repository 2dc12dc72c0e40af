import {mkdtempSync, rmSync, statSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {expect, test} from "vitest";
import {openFile} from "../../../loaders/ingest/batch.js";
import {decoderOf, detectEncoding} from "../../../loaders/ingest/encoding.js";
import {firstRecord, guessDelimiter} from "../../../loaders/ingest/header.js";
import {fileStamp, matchesGlob} from "../../../loaders/ingest/listing.js";
import {QuoteScanner} from "../../../loaders/ingest/quotes.js";
import {toLocalSql, toUtcSql} from "../../../loaders/engine/zones.js";
import {fromLocal, toLocal} from "../../../lib/calendar.js";
import {openDatabase} from "../../../loaders/engine/database.js";

const comma = {delimiter: ",", quote: '"', escape: '"'};

function scan(text: string, dialect = comma, size = text.length) {
  const scanner = new QuoteScanner(dialect);
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += size) scanner.push(bytes.subarray(i, i + size));
  return {open: scanner.open, quotedNewline: scanner.quotedNewline};
}

test("QuoteScanner finds the quote that stays open, however the bytes are cut", () => {
  for (const size of [1, 2, 3, 7, 100]) {
    expect(scan('a,"b"\n"c""d",e\n', comma, size).open).toBeUndefined();
    expect(scan('a,b\n1,"open\n2,3\n', comma, size)).toEqual({open: 6, quotedNewline: 11});
    expect(scan('a,"x\ny"\n', comma, size)).toEqual({open: undefined, quotedNewline: 4});
    expect(scan('a,5" pipe\nb,c\n', comma, size).open).toBeUndefined();
    expect(scan('a,"say \\"hi\\" now"\n', {...comma, escape: "\\"}, size).open).toBeUndefined();
  }
});

test("detectEncoding(head) knows UTF-16 by its mark or by its zeros, and takes the rest for UTF-8", () => {
  const utf16 = Buffer.from("name,value\n", "utf16le");
  expect(detectEncoding(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]))).toBe("utf-16le");
  expect(detectEncoding(utf16)).toBe("utf-16le");
  expect(detectEncoding(Buffer.from(utf16).swap16())).toBe("utf-16be");
  expect(detectEncoding(Buffer.from("name,välue\n"))).toBe("utf-8");
  expect(detectEncoding(Buffer.alloc(0))).toBe("utf-8");
});

test("decoderOf(encoding) keeps characters that span chunks", () => {
  const bytes = Buffer.from("\uFEFFé😀", "utf16le");
  const decoder = decoderOf("utf-16le");
  const parts = [...bytes].map((byte) => decoder.push(Buffer.from([byte])));
  expect(Buffer.concat([...parts, decoder.end()]).toString()).toBe("é😀");
  expect(
    decoderOf("windows-1252")
      .push(Buffer.from([0x80, 0xe9]))
      .toString()
  ).toBe("€é");
});

test("firstRecord(text, dialect) reads quoted names, with delimiters and line ends inside", () => {
  expect(firstRecord('a,"b, c","d ""e""","f\ng"\r\n1', comma)).toEqual(["a", "b, c", 'd "e"', "f\ng"]);
  expect(firstRecord('a,"b\n', comma)).toBeUndefined();
});

test("guessDelimiter(header, quote) takes the one that splits most", () => {
  expect(guessDelimiter("a;b,c;d\n", '"')).toBe(";");
  expect(guessDelimiter("a\tb\n", '"')).toBe("\t");
  expect(guessDelimiter("alone\n", '"')).toBe(",");
});

test("matchesGlob(file, glob) stays within a folder except for **", () => {
  expect(matchesGlob("orders/a.csv", "orders/*")).toBe(true);
  expect(matchesGlob("orders/2024/a.csv", "orders/*")).toBe(false);
  expect(matchesGlob("orders/2024/a.csv", "orders/**")).toBe(true);
  expect(matchesGlob("orders/a.csv", "**/*.csv")).toBe(true);
  expect(matchesGlob("a.csv", "**/*.csv")).toBe(true);
  expect(matchesGlob("a.tsv", "*.{csv,tsv}")).toBe(true);
  expect(matchesGlob("a-1.csv", "a-[0-9].csv")).toBe(true);
  expect(matchesGlob("a+b(1).csv", "a+b(1).csv")).toBe(true);
  expect(matchesGlob("axcsv", "a.csv")).toBe(false);
});

test("toUtcSql and toLocalSql agree with fromLocal and toLocal, hour by hour around clock changes", async () => {
  const database = await openDatabase(":memory:");
  for (const zone of [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca"
  ]) {
    const rows = await database.rows<{t: Date; utc: Date; local: Date}>(`
      select t, ${toUtcSql("t", zone)} as utc, ${toLocalSql("t", zone)} as local
      from (
        select timestamp '2023-03-01' + to_minutes(30 * i) as t from range(0, 2000) r(i)
        union all select timestamp '2023-10-20' + to_minutes(30 * i) from range(0, 1000) r(i)
        union all select timestamp '1985-12-31' + to_minutes(30 * i) from range(0, 100) r(i)
        union all select unnest(['1950-01-01', '1969-12-31 23:59:59', '1970-01-01', '2039-07-01', '2049-12-31']::timestamp[])
      )`);
    const wrong = rows.filter(({t, utc, local}) => +utc !== +fromLocal(t, zone) || +local !== +toLocal(t, zone));
    expect(wrong.slice(0, 3), zone).toEqual([]);
    const endless = await database.value(`select ${toUtcSql("'infinity'::timestamp", zone)} = 'infinity'::timestamp`);
    expect(endless, zone).toBe(true);
  }
  database.close();
});

test("openFile() leaves a file that is not as it was listed for the next run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tenfold-bytes-"));
  const path = join(folder, "a.csv");
  writeFileSync(path, "a,b\n1,2\n");
  const landed = {file: "a.csv", path, ...fileStamp(path)!, size: statSync(path).size - 1};
  const source = {dialect: {quote: '"', escape: '"', skip: 0}, encoding: "auto"};
  const context = {workspace: {warehouse: folder}, compiled: {source}, landed} as unknown as Parameters<
    typeof openFile
  >[0];
  await expect(openFile(context)).rejects.toMatchObject({code: "waiting"});
  rmSync(folder, {recursive: true});
});
