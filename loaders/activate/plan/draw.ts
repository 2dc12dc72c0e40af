import {quoteText} from "../../../lib/sql.js";

/**
 * SQL of a number in [0, 1) that depends on seed, purpose and person alone: the first 52 bits of a SHA-256 over them.
 * The person is their profile_id, which is made with the workspace's key: nobody outside can tell who is held out.
 */
export function drawSql(seed: string, purpose: "arm" | "global", profile: string): string {
  const text = `${quoteText(seed)} || chr(31) || '${purpose}' || chr(31) || ${profile}::varchar`;
  return `(('0x' || left(sha256(${text}), 13))::ubigint / 4503599627370496.0)`;
}
