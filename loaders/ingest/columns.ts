import type {Source} from "../workspace.js";
import type {ValueType} from "../../lib/definitions/fields.js";
import type {ColumnDefinition} from "../../lib/definitions/source.js";
import {quoteName, quoteText} from "../engine/database.js";
import {toUtcSql} from "./zones.js";

/** The engine's type of a declared type. */
export function sqlType(type: ValueType): string {
  return {
    string: "VARCHAR",
    integer: "BIGINT",
    decimal: "DECIMAL(18,4)",
    number: "DOUBLE",
    boolean: "BOOLEAN",
    date: "DATE",
    timestamp: "TIMESTAMP"
  }[type];
}

/** SQL that reads a column's text as its type: null where it cannot be read. */
export function castSql(text: string, column: ColumnDefinition, source: Source, zone: string): string {
  const number = source.decimal === "," ? `replace(replace(${text}, '.', ''), ',', '.')` : text;
  switch (column.type) {
    case "string":
      return text;
    case "integer":
      return `case when contains(${text}, '.') and try_cast(${number} as double) is distinct from trunc(try_cast(${number} as double)) then null else try_cast(${number} as bigint) end`;
    case "decimal":
      return `try_cast(${number} as decimal(18, 4))`;
    case "number":
      return `(case when isfinite(try_cast(${number} as double)) then try_cast(${number} as double) end)`;
    case "boolean":
      return `try_cast(${text} as boolean)`;
    case "date":
      return patterns(column) ? `try_strptime(${text}, ${patterns(column)})::date` : dateSql(text, column);
    case "timestamp":
      return timestampSql(text, column, column.time_zone ?? source.time_zone ?? zone);
  }
}

function dateSql(text: string, column: ColumnDefinition): string {
  const epoch = epochSql(text, column);
  return epoch ? `${epoch}::date` : `try_cast(${text} as date)`;
}

function timestampSql(text: string, column: ColumnDefinition, zone: string): string {
  const epoch = epochSql(text, column);
  if (epoch) return epoch;
  const formats = patterns(column);
  if (formats) return toUtcSql(`try_strptime(${text}, ${formats})`, zone);
  const plain = toUtcSql(`try_cast(${text} as timestamp)`, zone);
  const offset = `suffix(${text}, 'Z') or (strlen(${text}) > 16 and regexp_matches(${text}, '[+-]\\d\\d(:?\\d\\d)?$'))`;
  return `case when ${offset} then try_cast(${text} as timestamptz)::timestamp else ${plain} end`;
}

function epochSql(text: string, column: ColumnDefinition): string | undefined {
  const format = [column.format].flat()[0];
  if (format === "epoch_s") return `make_timestamp((try_cast(${text} as decimal(18, 6)) * 1000000)::bigint)`;
  if (format === "epoch_ms") return `make_timestamp((try_cast(${text} as decimal(18, 3)) * 1000)::bigint)`;
  return undefined;
}

function patterns(column: ColumnDefinition): string | undefined {
  const formats = [column.format ?? []].flat().filter((format) => format !== "iso");
  return formats.length === 0 ? undefined : `[${formats.map(quoteText).join(", ")}]`;
}

/** The internal name of a column's text, beside its typed name. */
export function textName(name: string): string {
  return quoteName(`_t_${name}`);
}
