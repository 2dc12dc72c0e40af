import {mkdirSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import type {SampleFile} from "./files.js";

/** What becomes of one of the partner's files. */
export interface PartnerFile extends SampleFile {
  outcome: "loaded" | "failed" | "ignored";
  why: string;
}

/**
 * A hotel chain's monthly exports, made by hand and each wrong in its own way: what goes wrong with files rather than
 * with rows. Deterministic; small whatever the sample's size.
 */
export const partnerFiles: (PartnerFile & {content: Buffer})[] = [
  month("2025-09", {}, "loaded", "as agreed"),
  month("2025-10", {order: [3, 2, 1, 0]}, "loaded", "columns in another order"),
  month("2025-11", {rows: 0}, "loaded", "a header and no row"),
  {path: "partner/stays-2025-12.csv", rows: 0, outcome: "failed", why: "an empty file", content: Buffer.alloc(0)},
  month("2026-01", {order: [0, 1, 2]}, "failed", "a column is missing"),
  month("2026-02", {encode: (text) => Buffer.from(`\ufeff${text}`, "utf16le")}, "loaded", "UTF-16"),
  month("2026-03", {gzip: (bytes) => bytes.subarray(0, bytes.length - 30)}, "failed", "a gzip file cut off on its way"),
  month("2026-04", {last: '2026-04-30,M0000007,"89.00,1'}, "failed", "an unterminated quote in the last line"),
  month("2026-05", {last: `2026-05-31,${"M".repeat(1_000_000)},89.00,1`}, "loaded", "a cell of a million characters"),
  {...month("2026-06", {}, "ignored", "still being written"), path: "partner/stays-2026-06.csv.part"}
];

export function writePartnerFiles(out: string): SampleFile[] {
  rmSync(join(out, "partner"), {recursive: true, force: true});
  mkdirSync(join(out, "partner"), {recursive: true});
  for (const {path, content} of partnerFiles) writeFileSync(join(out, path), content);
  return partnerFiles.map(({path, rows}) => ({path, rows}));
}

interface Flaw {
  rows?: number;
  order?: number[];
  last?: string;
  encode?: (text: string) => Buffer;
  gzip?: (bytes: Buffer) => Buffer;
}

function month(name: string, flaw: Flaw, outcome: PartnerFile["outcome"], why: string) {
  const {rows = 40, order = [0, 1, 2, 3], last, encode = (text) => Buffer.from(text), gzip} = flaw;
  const lines = Array.from({length: rows}, (_, i) => [
    `${name}-${String(1 + (i % 28)).padStart(2, "0")}`,
    `M${String(1 + ((i * 37) % 400)).padStart(7, "0")}`,
    (79 + ((i * 13) % 90)).toFixed(2),
    String(1 + (i % 4))
  ]);
  const header = ["arrived_on", "member", "price", "nights"];
  const text = [header, ...lines].map((line) => order.map((column) => line[column]).join(",")).concat(last ?? []);
  const bytes = encode(`${text.join("\r\n")}\r\n`);
  return {
    path: `partner/stays-${name}.csv${gzip ? ".gz" : ""}`,
    rows: rows + (last === undefined ? 0 : 1),
    outcome,
    why,
    content: gzip ? gzip(gzipSync(bytes, {level: 9})) : bytes
  };
}
