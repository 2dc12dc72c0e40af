import {enumType} from "./staging.js";

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

/** SQL that is true for placeholders. A closed vocabulary is looked up by hash, in the usual ways to write a word. */
export function junkSql(value: string): string {
  const words = placeholders.flatMap((word) => [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]);
  return `try_cast(${value} as ${enumType([...words, "NaN", "N/a"])}) is not null`;
}
