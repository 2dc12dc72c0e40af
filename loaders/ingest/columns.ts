import type {ValueType} from "../../lib/definitions/fields.js";
import type {ColumnDefinition} from "../../lib/definitions/source.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import {toUtcSql} from "../engine/zones.js";

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

/** The internal name of a column's text, beside its typed name. */
export function textName(name: string): string {
  return quoteName(`_t_${name}`);
}

/** SQL that reads a column's text as its type: null where it cannot be read. Timestamps become UTC. */
export function castSql(text: string, column: ColumnDefinition, decimal: "." | ",", zone: string): string {
  const number = decimal === "," ? `replace(replace(${text}, '.', ''), ',', '.')` : text;
  switch (column.type) {
    case "string":
      return text;
    case "integer": // the engine's own cast would round 1.5 to 2
      return `case when contains(${number}, '.') and try_cast(${number} as double) % 1 <> 0 then null else try_cast(${number} as bigint) end`;
    case "decimal":
      return `try_cast(${number} as decimal(18, 4))`;
    case "number":
      return `case when isfinite(try_cast(${number} as double)) then try_cast(${number} as double) end`;
    case "boolean":
      return `try_cast(${text} as boolean)`;
    case "date":
      return dateSql(text, column);
    case "timestamp":
      return epochSql(text, column) ?? timestampSql(text, patterns(column), zone);
  }
}

/** SQL that reads a text as an instant: local time in the zone, unless the text ends in an offset. */
export function timestampSql(text: string, formats: string | undefined, zone: string): string {
  if (formats) return toUtcSql(`try_strptime(${text}, ${formats})`, zone);
  // Casting to timestamp ignores an offset. "2024-12-31 23:59:59" has 19 characters and none: no need to look closer.
  const offset = `strlen(${text}) not in (10, 19) and regexp_matches(${text}, '\\d([Zz]|[+-]\\d\\d(:?\\d\\d)?)$') and strlen(${text}) > 13`;
  const exact = `case when ${offset} then try_cast(${text} as timestamptz)::timestamp`;
  if (zone === "UTC") return `${exact} else try_cast(${text} as timestamp) end`;
  // The local time outside of any CASE, within which the engine would read the text anew wherever it occurs.
  return `coalesce(${toUtcSql(`case when not (${offset}) then try_cast(${text} as timestamp) end`, zone)}, ${exact} end)`;
}

function dateSql(text: string, column: ColumnDefinition): string {
  const epoch = epochSql(text, column);
  if (epoch) return `${epoch}::date`;
  const formats = patterns(column);
  return formats ? `try_strptime(${text}, ${formats})::date` : `try_cast(${text} as date)`;
}

function epochSql(text: string, column: ColumnDefinition): string | undefined {
  const format = [column.format].flat()[0];
  const micros = format === "epoch_s" ? 1_000_000 : format === "epoch_ms" ? 1_000 : undefined;
  if (!micros) return undefined;
  return `try(make_timestamp((try_cast(${text} as decimal(22, 6)) * ${micros})::bigint))`;
}

function patterns(column: ColumnDefinition): string | undefined {
  const formats = [column.format ?? []].flat().filter((format) => format !== "iso");
  return formats.length === 0 ? undefined : `[${formats.map(quoteText).join(", ")}]`;
}

/** An engine type for a closed vocabulary. */
export function enumType(values: string[]): string {
  return `enum(${[...new Set(values)].map(quoteText).join(", ")})`;
}
