import {expect, test} from "vitest";
import {toCsv} from "../../../src/components/csv.js";

test("toCsv(rows) writes a header, quotes where needed and writes dates as ISO 8601", () => {
  const rows = [
    {id: "A", note: 'says "hi", twice', at: new Date("1998-06-30"), n: 1.5, ok: true, none: null},
    {id: "B", note: "two\nlines", at: new Date("1998-06-30T12:00:00Z"), n: -2, ok: false, none: null}
  ];
  expect(toCsv(rows)).toBe(
    "id,note,at,n,ok,none\r\n" +
      'A,"says ""hi"", twice",1998-06-30,1.5,true,\r\n' +
      'B,"two\nlines",1998-06-30T12:00:00Z,-2,false,\r\n'
  );
});

test("toCsv(rows) disarms text that a spreadsheet would run, and leaves negative numbers alone", () => {
  const texts = ["=1+1", "+cmd", "-2", "@sum(a1)", "\ttab", "plain", "a=b"];
  const lines = toCsv(texts.map((text) => ({text, n: -2}))).trim().split("\r\n").slice(1); // prettier-ignore
  expect(lines).toEqual(["'=1+1,-2", "'+cmd,-2", "'-2,-2", "'@sum(a1),-2", "'\ttab,-2", "plain,-2", "a=b,-2"]);
});

test("toCsv(rows) takes the columns of all rows, in order of first appearance", () => {
  expect(toCsv([{a: 1}, {b: 2, a: 3}])).toBe("a,b\r\n1,\r\n3,2\r\n");
});

test("toCsv(rows, columns) writes a header even for no rows", () => {
  expect(toCsv([], ["a", "b"])).toBe("a,b\r\n");
});
