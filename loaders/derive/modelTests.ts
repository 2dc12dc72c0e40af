import type {ModelHeader} from "../../lib/definitions/model.js";
import {quoteName, quoteText} from "../../lib/sql.js";

export interface TableTest {
  /** As messages and the Model page show it. */
  name: string;
  /** Rows that break it. */
  sql: string;
  /** A cheaper query: where it is true the test holds for certain. */
  holds?: string;
}

/** The tests of a model's header as queries over its table (given under another name while it is being built). */
export function tableTests(header: ModelHeader, table = header.name): TableTest[] {
  const tests: TableTest[] = [];
  if (header.key.length > 0) {
    tests.push(...header.key.map((column) => notNull(table, column)), unique(table, header.key));
  }
  for (const test of header.tests) {
    if ("unique" in test) tests.push(unique(table, [test.unique].flat()));
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

function unique(table: string, columns: string[]): TableTest {
  const list = columns.map(quoteName).join(", ");
  return {
    name: `unique (${columns.join(", ")})`,
    // Distinct hashes prove distinct keys in a fraction of the time; equal ones prove nothing.
    holds: `select count(*) = count(distinct hash(${list})) from ${quoteName(table)}`,
    sql: `select ${list}, count(*) as count_rows from ${quoteName(table)} group by ${list}
      having count(*) > 1 order by ${list}`
  };
}

function notNull(table: string, column: string): TableTest {
  return {
    name: `not_null (${column})`,
    holds: `select count(*) = count(${quoteName(column)}) from ${quoteName(table)}`,
    sql: `from ${quoteName(table)} where ${quoteName(column)} is null`
  };
}

function accepted(table: string, {column, values}: {column: string; values: (string | number)[]}): TableTest {
  const list = values.map((value) => (typeof value === "number" ? String(value) : quoteText(value))).join(", ");
  return {
    name: `accepted_values (${column})`,
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
