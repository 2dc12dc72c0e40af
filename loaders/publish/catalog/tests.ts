import type {ModelHeader} from "../../../lib/definitions/model.js";
import {catalogFile, type CatalogFile} from "./file.js";
import type {Described} from "./described.js";

/** `tests.arrow`: every test of every table, and how it ended. */
export function testsFile(tables: Described[]): CatalogFile {
  return catalogFile(
    "tests",
    {table: "text", test: "text", status: "text"},
    tables.flatMap((table) =>
      testNames(table.header).map((test) => ({
        table: table.name,
        test,
        status: failedTests(table).includes(test) ? "failed" : table.status === "current" ? "passed" : "unknown"
      }))
    )
  );
}

/** The tests of a header, named as the runner names them. */
export function testNames(header?: ModelHeader): string[] {
  if (!header) return [];
  const list = (names: string | string[]) => [names].flat().join(", ");
  return [
    ...header.key.map((column) => `not_null (${column})`),
    ...(header.key.length > 0 ? [`unique (${list(header.key)})`] : []),
    ...header.tests.flatMap((test) => {
      if ("unique" in test) return [`unique (${list(test.unique)})`];
      if ("not_null" in test) return [test.not_null].flat().map((column) => `not_null (${column})`);
      if ("accepted_values" in test) return [`accepted_values (${test.accepted_values.column})`];
      if ("expression" in test) return [test.expression];
      const {column, to, field} = test.relationship;
      return [`relationship (${list(column)}) to ${to} (${list(field)})`];
    }),
    ...header.references.map(
      ({columns, table, fields}) => `relationship (${list(columns)}) to ${table} (${list(fields)})`
    )
  ];
}

/** Those that a table's last run broke: its reason for being stale names them. */
export function failedTests({header, stale_reason}: Pick<Described, "header" | "stale_reason">): string[] {
  if (!stale_reason?.includes("rows break it")) return [];
  return testNames(header).filter((test) => stale_reason.includes(`${test}: `));
}
