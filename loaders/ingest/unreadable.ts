import {createReadStream} from "node:fs";
import {createGunzip} from "node:zlib";
import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {Reader} from "./readers.js";

/** Codes of the engine's own reasons to refuse a record. */
const faults = new Map([
  ["MISSING COLUMNS", ["too_few_fields", "fewer fields than the header: is a delimiter missing or a line cut short?"]],
  ["TOO MANY COLUMNS", ["too_many_fields", "more fields than the header: quote values that contain the delimiter"]],
  ["UNQUOTED VALUE", ["malformed_quotes", "text stands beside a quoted value: double the quotes inside a value"]],
  ["LINE SIZE OVER MAXIMUM", ["line_too_long", "the record is longer than two million bytes"]],
  ["INVALID ENCODING", ["bad_encoding", "not UTF-8: name the file's `encoding`, such as windows-1252"]]
]);

/**
 * Adds to `refused` the records that could not be split into fields or are not text, with their line as it stands in the
 * file, and moves the ordinals of the other refused rows past them. Returns how many there are.
 */
export async function keepUnreadable(database: Database, reader: Reader): Promise<number> {
  if (!(await hasErrors(database, reader))) return 0;
  await database.run("drop table if exists unreadable");
  const cases = [...faults].map(([type, [code]]) => `when ${quoteText(type)} then ${quoteText(code!)}`).join(" ");
  const hints = [...faults].map(([type, [, hint]]) => `when ${quoteText(type)} then ${quoteText(hint!)}`).join(" ");
  await database.run(`
    create temp table unreadable as
    select
      line::bigint - ${reader.linesBefore} as ordinal, line_byte_position::bigint - 1 as position,
      case error_type::varchar ${cases} else 'malformed' end as code,
      case error_type::varchar ${hints} else error_message end as message, csv_line
    from reject_errors qualify row_number() over (partition by line order by error_type::varchar) = 1
  `);
  const count = (await database.value<number>("select count(*) from unreadable"))!;
  // A good row's ordinal counts the unreadable records before it: the k-th of them stands after (ordinal - k) good rows.
  await database.run(`
    update refused set ordinal = ordinal + (
      select count(*) from (select ordinal - row_number() over (order by ordinal) as before from unreadable) u
      where u.before <= refused._at
    );
    insert into refused
    select null, ordinal, null, null, code, message, to_json(csv_line)::varchar from unreadable where code <> 'bad_encoding';
  `);
  const broken = await database.rows<{ordinal: number; position: number; message: string}>(
    "select ordinal, position, message from unreadable where code = 'bad_encoding' order by position"
  );
  const lines = await linesAt(
    reader,
    broken.map((row) => row.position)
  );
  for (let i = 0; i < broken.length; i += 500) {
    const values = broken.slice(i, i + 500).map((row, j) => {
      const raw = lines[i + j]!.toString("base64");
      return `(null, ${row.ordinal}, null, null, 'bad_encoding', ${quoteText(row.message)}, ${quoteText(raw)})`;
    });
    await database.run(`insert into refused values ${values.join(", ")}`);
  }
  return count;
}

/**
 * Makes the temporary table `skipped`: after how many readable records (`before`) how many unreadable ones have been passed
 * over. Returns how many there are in all.
 */
export async function countSkipped(database: Database, reader: Reader): Promise<number> {
  const {linesBefore} = reader;
  if (!(await hasErrors(database, reader))) return 0;
  await database.run(`
    drop table if exists skipped;
    create temp table skipped as
    select ordinal - n as before, max(n) as count
    from (
      select line::bigint - ${linesBefore} as ordinal, row_number() over (order by line) as n
      from (select distinct line from reject_errors)
    ) group by before
  `);
  return (await database.value<number>("select coalesce(max(count), 0) from skipped"))!;
}

/** Whether the engine kept records that it could not read: the table is there after any pass that stores them. */
async function hasErrors(database: Database, {storesErrors}: Reader): Promise<boolean> {
  return storesErrors && (await database.value<boolean>("select exists (from reject_errors)")) === true;
}

/** The bytes of the lines that begin at rising byte positions of a file's text. */
async function linesAt({path, gzip}: Reader, positions: number[]): Promise<Buffer[]> {
  if (positions.length === 0) return [];
  const lines: Buffer[] = [];
  let parts: Buffer[] = [];
  let offset = 0;
  const file = createReadStream(path, {highWaterMark: 1 << 20});
  for await (const chunk of gzip ? file.pipe(createGunzip()) : file) {
    const bytes = chunk as Buffer;
    while (lines.length < positions.length) {
      const start = Math.max(0, positions[lines.length]! - offset);
      if (start >= bytes.length) break;
      const end = bytes.indexOf(10, start);
      parts.push(bytes.subarray(start, end < 0 ? bytes.length : end));
      if (end < 0) break;
      lines.push(Buffer.concat(parts));
      parts = [];
    }
    offset += bytes.length;
    if (lines.length === positions.length) break;
  }
  file.destroy();
  while (lines.length < positions.length) {
    lines.push(Buffer.concat(parts));
    parts = [];
  }
  return lines;
}
