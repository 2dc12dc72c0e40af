import {mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {Progress} from "../engine/progress.js";

/** A file that was written, relative to the landing folder. */
export interface SampleFile {
  path: string;
  rows: number;
}

/** The folders of the landing folder that the sample writes, and empties before. */
export const sampleFolders = [
  "assignments",
  "mail",
  "members",
  "miles",
  "partner",
  "purchases",
  "rates",
  "redemptions",
  "refunds",
  "truth",
  "web"
];

interface Kind {
  table: string;
  header?: string;
  /** What DuckDB cannot write: another encoding than UTF-8. */
  encode?: (text: Buffer) => Buffer;
}

const kinds: Kind[] = [
  {
    table: "member_lines",
    header: "member,email,name,address,birth_year,country,home_airport,newsletter,tier,changed_at",
    encode: finishMembers
  },
  {table: "purchase_lines", header: "order_id,member,booked_at,amount,currency,channel,cabin,legs"},
  {
    table: "refund_lines",
    header: "Auftrag;Mitglied;Datum;Betrag;Währung;Grund",
    encode: (text) => Buffer.from(text.toString("utf8"), "latin1")
  },
  {table: "redemption_lines", header: "member\tredeemed_at\tmiles\taward"},
  {table: "visit_lines"},
  {table: "mail_lines"},
  {table: "assignment_lines"}
];

/** Writes every drawn line into its file, in order. */
export async function writeFiles(database: Database, out: string, progress: Progress): Promise<SampleFile[]> {
  const files: SampleFile[] = [];
  for (const folder of sampleFolders) rmSync(join(out, folder), {recursive: true, force: true});
  const prepare = (path: string) => mkdirSync(dirname(join(out, path)), {recursive: true});
  for (const {table, header, encode} of kinds) {
    for (const {path, rows} of await listFiles(database, table)) {
      progress.step(`sample ${path}`);
      prepare(path);
      await copyLines(database, `select line from ${table} where file = ${quoteText(path)}`, join(out, path), header);
      if (encode) writeFileSync(join(out, path), encode(readFileSync(join(out, path))));
      files.push({path, rows});
    }
  }
  // Several threads would cut a Parquet file's row groups anywhere.
  await database.run("set threads = 1");
  for (const {path, rows} of await listFiles(database, "posting_rows")) {
    progress.step(`sample ${path}`);
    prepare(path);
    await database.run(
      `copy (select posting_id, member, flight, route, flown_on, kind, miles from posting_rows where file = ${quoteText(path)})
       to ${quoteText(join(out, path))} (format parquet, compression zstd, row_group_size 122880)`
    );
    files.push({path, rows});
  }
  prepare("rates/rates.csv");
  await database.run(
    `copy (select date, currency, rate from rates order by date, currency) to ${quoteText(join(out, "rates/rates.csv"))}`
  );
  files.push({path: "rates/rates.csv", rows: Number(await database.value("select count(*) from rates"))});
  return files;
}

function listFiles(database: Database, table: string): Promise<SampleFile[]> {
  return database.rows<SampleFile>(
    `select file as path, count(*)::integer as rows from ${table} group by file order by file`
  );
}

/** Writes lines as they are: neither delimiter nor quote of this "CSV" occurs in them, so nothing is ever quoted. */
async function copyLines(database: Database, lines: string, path: string, header?: string): Promise<void> {
  const first = header === undefined ? "" : `select ${quoteText(header)} as line union all `;
  const compression = path.endsWith(".gz") ? ", compression gzip" : "";
  await database.run(
    `copy (${first}${lines}) to ${quoteText(path)}
     (format csv, header false, delimiter e'\\x01', quote e'\\x02', escape e'\\x02'${compression})`
  );
}

/**
 * The marked character becomes a byte that no UTF-8 text holds there: ü as windows-1252 has it. Lines with a line break
 * inside lose the quotes that DuckDB put around them.
 */
function finishMembers(text: Buffer): Buffer {
  const bytes = text.toString("latin1");
  return Buffer.from(bytes.replaceAll("\u00ee\u0080\u0080", "\u00fc").replaceAll("\u0002", ""), "latin1");
}
