import type {Source} from "../workspace.js";
import {quoteName, quoteText} from "../engine/database.js";
import {sqlType, textName} from "./columns.js";

/** One reason to refuse a row, as SQL over the text and typed columns of one record. */
export interface Check {
  code: string;
  /** The column (or field) that the reject names. */
  column: string;
  /** 1: the file's own columns; 2: what is made of them, reported only where no column is at fault. */
  level: 1 | 2;
  /** True where the row is refused. */
  condition: string;
  /** The offending value as text. */
  value: string;
  /** What is wrong and what to do about it. */
  message: string;
}

/** The checks that a source's column definitions ask for. */
export function columnChecks(source: Source, zone: string): Check[] {
  void zone;
  return Object.entries(source.columns).flatMap(([name, column]) => {
    const text = textName(name);
    const typed = quoteName(name);
    const checks: Check[] = [];
    const add = (code: string, condition: string, message: string) =>
      checks.push({code, column: column.from ?? name, level: 1, condition, value: text, message});
    if (column.required) add("required_missing", `${text} is null`, "a value is required here");
    if (column.type === "date" || column.type === "timestamp") {
      const shaped = `regexp_matches(${text}, '^\\s*\\d{1,4}\\D\\d{1,2}\\D\\d{1,4}')`;
      const failed = `${text} is not null and ${typed} is null`;
      add("impossible_date", `${failed} and ${shaped}`, `no such ${column.type}: ${dateHint(column.format)}`);
      add("wrong_type", `${failed} and not ${shaped}`, `not a ${column.type}: ${dateHint(column.format)}`);
    } else if (column.type !== "string") {
      const hint =
        column.type === "boolean" ? "true, false, 1, 0, yes or no" : `digits with "${source.decimal}" as decimal sign`;
      add("wrong_type", `${text} is not null and ${typed} is null`, `not of type ${column.type}: expected ${hint}`);
    }
    if (column.values) {
      const values = column.values.map((value) =>
        column.type === "string" ? quoteText(String(value)) : `${quoteText(String(value))}::${sqlType(column.type)}`
      );
      add("not_in_values", `${typed} not in (${values.join(", ")})`, `not one of ${column.values.join(", ")}`);
    }
    const bound = (value: string | number) => `${quoteText(String(value))}::${sqlType(column.type)}`;
    if (column.min !== undefined) {
      add("out_of_range", `${typed} < ${bound(column.min)}`, `below the least allowed, ${column.min}`);
    }
    if (column.max !== undefined) {
      add("out_of_range", `${typed} > ${bound(column.max)}`, `above the greatest allowed, ${column.max}`);
    }
    if (column.pattern !== undefined) {
      add(
        "pattern_mismatch",
        `not regexp_full_match(${text}, ${quoteText(column.pattern)})`,
        `does not match ${column.pattern}`
      );
    }
    if (column.type === "string") {
      const {max_length: most} = column;
      add("too_long", `strlen(${text}) > ${most} and length(${text}) > ${most}`, `longer than ${most} characters`);
    }
    return checks;
  });
}

function dateHint(format: string | string[] | undefined): string {
  return `expected ${[format ?? "2024-12-31"].flat().join(" or ")}`;
}
