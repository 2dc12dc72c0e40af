import {lineAt} from "./lineAt.js";
import type {Reader} from "./readers.js";

/**
 * SQL that turns a record's ordinal into its line: the physical one up to the first line end inside quotes, from there
 * on the ordinal itself.
 */
export async function physicalLine(reader: Reader, quotedNewline?: number): Promise<(ordinal: string) => string> {
  const {linesBefore} = reader;
  if (quotedNewline === undefined) return (ordinal) => `${ordinal} + ${linesBefore}`;
  const last = await lineAt(reader, quotedNewline);
  return (ordinal) =>
    `case when ${ordinal} + ${linesBefore} <= ${last} then ${ordinal} + ${linesBefore} else ${ordinal} end`;
}
