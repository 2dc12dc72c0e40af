import {createReadStream} from "node:fs";
import {createGunzip} from "node:zlib";
import type {Reader} from "./readers.js";

/**
 * SQL that turns a record's ordinal into its line: the physical one up to the first line end inside quotes, from there
 * on the ordinal itself.
 */
export async function physicalLine(reader: Reader, quotedNewline?: number): Promise<(ordinal: string) => string> {
  const {linesBefore} = reader;
  if (quotedNewline === undefined) return (ordinal) => `${ordinal} + ${linesBefore}`;
  const last = await linesUntil(reader, quotedNewline);
  return (ordinal) =>
    `case when ${ordinal} + ${linesBefore} <= ${last} then ${ordinal} + ${linesBefore} else ${ordinal} end`;
}

/** The number of the line in which a byte of the text stands. */
async function linesUntil({path, gzip}: Reader, position: number): Promise<number> {
  let [line, offset] = [1, 0];
  const file = createReadStream(path, {highWaterMark: 1 << 20});
  for await (const chunk of gzip ? file.pipe(createGunzip()) : file) {
    const bytes = (chunk as Buffer).subarray(0, position - offset);
    for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) ++line;
    offset += (chunk as Buffer).length;
    if (offset >= position) break;
  }
  file.destroy();
  return line;
}
