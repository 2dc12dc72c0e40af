import {DuckDBEnumType, type DuckDBType} from "@duckdb/node-api";
import type {ModelHeader} from "../../lib/definitions/model.js";
import {quoteName, quoteText} from "../../lib/sql.js";

export interface TableTest {
  /** As messages and the Model page show it. */
  name: string;
  /** Rows that break it. */
  sql: string;
  /** An aggregate over the table, which is cheaper: where it is true the test holds for certain. */
  holds?: string;
}

/**
 * The tests of a model's header as queries over its table (given under another name while it is being built), whose
 * columns have these types.
 */
export function tableTests(
  header: ModelHeader,
  table = header.name,
  types: ReadonlyMap<string, DuckDBType> = new Map()
): TableTest[] {
  const tests: TableTest[] = [];
  const unique = (columns: string[]) => uniqueTest(table, columns, types);
  if (header.key.length > 0) {
    tests.push(...header.key.map((column) => notNull(table, column)), unique(header.key));
  }
  for (const test of header.tests) {
    if ("unique" in test) tests.push(unique([test.unique].flat()));
    else if ("not_null" in test) tests.push(...[test.not_null].flat().map((column) => notNull(table, column)));
    else if ("accepted_values" in test) tests.push(accepted(table, test.accepted_values));
    else if ("expression" in test) tests.push(expression(table, test.expression));
    else
      tests.push(
        related(table, [test.relationship.column].flat(), test.relationship.to, [test.relationship.field].flat())
      );
  }
  for (const {columns, table: to, fields} of header.references) tests.push(related(table, columns, to, fields));
  return tests;
}

function uniqueTest(table: string, columns: string[], types: ReadonlyMap<string, DuckDBType>): TableTest {
  const list = columns.map(quoteName).join(", ");
  return {
    name: `unique (${columns.join(", ")})`,
    holds: uniqueByPlaces(table, columns, types) ?? `count(*) = count(distinct hash(${list}))`,
    sql: `select ${list}, count(*) as count_rows from ${quoteName(table)} group by ${list}
      having count(*) > 1 order by ${list}`
  };
}

/**
 * Where few words make up most of a key, each combination of them has a place, and the rows of a group of the other
 * columns are as many as the places they take: far fewer groups than distinct hashes, and found by all threads.
 */
function uniqueByPlaces(table: string, columns: string[], types: ReadonlyMap<string, DuckDBType>): string | undefined {
  const words = columns.flatMap((column) => {
    const type = types.get(column);
    return type instanceof DuckDBEnumType ? [{column, count: type.values.length}] : [];
  });
  const others = columns.filter((column) => words.every((word) => word.column !== column));
  const places = words.reduce((product, {count}) => product * count, 1);
  if (words.length === 0 || others.length === 0 || places > mostPlaces) return undefined;
  const place = words.reduce((sum, {column, count}) => `(${sum} * ${count} + enum_code(${quoteName(column)}))`, "0");
  const type = places <= 64 ? "ubigint" : "hugeint";
  return `(
    select coalesce(bool_and(count_rows = bit_count(taken)), true) from (
      select count(*) as count_rows, coalesce(bit_or(1::${type} << ${place}::${type}), 0) as taken
      from ${quoteName(table)} group by ${others.map(quoteName).join(", ")}
    )
  )`;
}

/** The bits of the widest integer, without its sign. */
const mostPlaces = 127;

function notNull(table: string, column: string): TableTest {
  return {
    name: `not_null (${column})`,
    holds: `count(*) = count(${quoteName(column)})`,
    sql: `from ${quoteName(table)} where ${quoteName(column)} is null`
  };
}

function accepted(table: string, {column, values}: {column: string; values: (string | number)[]}): TableTest {
  const list = values.map((value) => (typeof value === "number" ? String(value) : quoteText(value))).join(", ");
  return {
    name: `accepted_values (${column})`,
    holds: `coalesce(bool_and(${quoteName(column)} in (${list})), true)`,
    sql: `select ${quoteName(column)}, count(*) as count_rows from ${quoteName(table)}
      where ${quoteName(column)} not in (${list}) group by all order by all`
  };
}

function expression(table: string, condition: string): TableTest {
  return {name: condition, sql: `from ${quoteName(table)} where (${condition}\n) is not true`};
}

function related(table: string, columns: string[], to: string, fields: string[]): TableTest {
  const list = columns.map(quoteName).join(", ");
  return {
    name: `relationship (${columns.join(", ")}) to ${to} (${fields.join(", ")})`,
    sql: `select ${list}, count(*) as count_rows from ${quoteName(table)} as source
      where ${columns.map((column) => `source.${quoteName(column)} is not null`).join(" and ")}
        and not exists (
          from ${quoteName(to)} as target
          where ${fields.map((field, i) => `target.${quoteName(field)} = source.${quoteName(columns[i]!)}`).join(" and ")}
        )
      group by all order by all`
  };
}
