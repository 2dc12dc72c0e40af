import {quoteText} from "../../lib/sql.js";

/** What systems write where they know nobody: shared by many people, so never an identity. */
const placeholders = [
  "null",
  "none",
  "nil",
  "nan",
  "n/a",
  "na",
  "undefined",
  "unknown",
  "anonymous",
  "guest",
  "(null)",
  "(none)",
  "(not set)",
  "-",
  "?",
  "0",
  "00000000-0000-0000-0000-000000000000"
];

/** SQL that is true for placeholders, in the usual ways to write a word. Most ids are told by their length alone. */
export function junkSql(value: string): string {
  const words = placeholders.flatMap((word) => [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]);
  const texts = [...new Set([...words, "NaN", "N/a"])];
  const lengths = [...new Set(texts.map((text) => text.length))].join(", ");
  return `(strlen(${value}) in (${lengths}) and list_contains([${texts.map(quoteText).join(", ")}], ${value}))`;
}
