import {quoteText} from "../../lib/sql.js";

/** What a draw is for; draws for different purposes are independent of each other. */
export type Purpose = "holdout" | "arm" | "tie";

const separator = "chr(31)";

/** SQL of a person's part of every draw: namespace and value of an identity. */
export const personSql = `namespace || ${separator} || value`;

/**
 * SQL of a number in [0, 1) that depends on seed, purpose and person alone: the first 52 bits of
 * sha256(seed, purpose, namespace, value), joined by the unit separator, over 2^52.
 */
export function drawSql(seed: string, purpose: Purpose, person: string): string {
  const text = `${quoteText(seed)} || ${separator} || '${purpose}' || ${separator} || ${person}`;
  return `(('0x' || left(sha256(${text}), 13))::ubigint / 4503599627370496.0)`;
}
