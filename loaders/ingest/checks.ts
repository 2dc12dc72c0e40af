import type {ColumnDefinition} from "../../lib/definitions/source.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import type {Source} from "../workspace.js";
import {enumType, sqlType, textName} from "./columns.js";
import {dateShape} from "./dateShape.js";

/** One reason to refuse a row, as SQL over the text and typed columns of one record. */
export interface Check {
  code: string;
  /** The column (or field) that the reject names. */
  column: string;
  /** 0: the record itself; 1: its columns; 2: what is made of them. Only a row's lowest level is reported. */
  level: 0 | 1 | 2;
  /** True where the row is refused. */
  condition: string;
  /** A cheaper condition for the pass over the file, true for no good row; null where another check's covers this one. */
  quick?: string | null;
  /** The offending value as text. */
  value: string;
  /** What is wrong and what to do about it. */
  message: string;
}

/** SQL that is true where any check may refuse the row. */
export function anySql(checks: Check[]): string {
  const quick = checks.flatMap((check) => (check.quick === null ? [] : [check.quick ?? check.condition]));
  return quick.length === 0 ? "false" : quick.map((condition) => `(${condition})`).join(" or ");
}

/** The checks that a source's column definitions ask for. */
export function columnChecks(source: Source): Check[] {
  return Object.entries(source.columns).flatMap(([name, column]) => {
    const text = textName(name);
    const typed = quoteName(name);
    const place = column.from ?? name;
    const add = (code: string, condition: string, message: string, quick?: string | null): Check => ({
      code,
      column: place,
      level: 1,
      condition,
      quick,
      value: text,
      message
    });
    return [
      ...presence(column, text, typed, add),
      ...typeChecks(column, text, typed, source.decimal, add),
      ...constraints(column, text, typed, add)
    ];
  });
}

type Add = (code: string, condition: string, message: string, quick?: string | null) => Check;

function presence(column: ColumnDefinition, text: string, typed: string, add: Add): Check[] {
  if (!column.required) return [];
  return [add("required_missing", `${text} is null`, "a value is required here", `${typed} is null`)];
}

function typeChecks(column: ColumnDefinition, text: string, typed: string, decimal: string, add: Add): Check[] {
  if (column.type === "string") return [];
  const failed = `${text} is not null and ${typed} is null`;
  const quick = column.required ? null : failed;
  if (column.type === "date" || column.type === "timestamp") {
    const usual = column.type === "date" ? "2024-12-31" : "2024-12-31 23:59:59";
    const shape = [column.format ?? []].flat().filter((format) => format !== "iso");
    const shaped = `regexp_matches(${text}, ${quoteText(dateShape(shape))})`;
    const expected = shape.length > 0 ? `expected the format ${shape.join(" or ")}` : `expected one such as ${usual}`;
    return [
      add("impossible_date", `${failed} and ${shaped}`, `no such ${column.type} in the calendar: ${expected}`, quick),
      add("wrong_type", `${failed} and not ${shaped}`, `not a ${column.type}: ${expected}; see \`format\``, null)
    ];
  }
  const expected = {
    integer: "a whole number",
    decimal: `a number with "${decimal}" before its decimals; see \`decimal\``,
    number: `a number with "${decimal}" before its decimals; see \`decimal\``,
    boolean: "true, false, 1, 0, yes or no"
  }[column.type];
  return [add("wrong_type", failed, `not of type ${column.type}: expected ${expected}`, quick)];
}

function constraints(column: ColumnDefinition, text: string, typed: string, add: Add): Check[] {
  const checks: Check[] = [];
  const literal = (value: string | number) => `${quoteText(String(value))}::${sqlType(column.type)}`;
  if (column.values) {
    const type = enumType(column.values.map(String));
    checks.push(
      add(
        "not_in_values",
        column.type === "string"
          ? `${typed} is not null and try_cast(${typed} as ${type}) is null`
          : `${typed} not in (${column.values.map(literal).join(", ")})`,
        `none of the values allowed: ${column.values.join(", ")}`
      )
    );
  }
  if (column.min !== undefined) {
    checks.push(add("out_of_range", `${typed} < ${literal(column.min)}`, `less than the least allowed, ${column.min}`));
  }
  if (column.max !== undefined) {
    checks.push(add("out_of_range", `${typed} > ${literal(column.max)}`, `more than the most allowed, ${column.max}`));
  }
  if (column.pattern !== undefined) {
    const pattern = quoteText(column.pattern);
    checks.push(
      add(
        "pattern_mismatch",
        `not regexp_full_match(${text}, ${pattern})`,
        `does not match the pattern ${column.pattern}`
      )
    );
  }
  if (column.type === "string" && !column.values) {
    const most = column.max_length;
    checks.push(
      add(
        "too_long",
        `strlen(${text}) > ${most} and length(${text}) > ${most}`,
        `longer than ${most} characters; see \`max_length\``
      )
    );
  }
  return checks;
}
