import {quoteColumn} from "../sql.js";
import {Parameters} from "./bind.js";
import {bitstringEnd} from "./bits.js";
import {compileRule, type Compiled} from "./compile.js";
import {exampleFields, measureColumns, type CountOptions} from "./count.js";
import type {Field} from "./field.js";
import {compilePlan, type PlanOptions} from "./plan.js";
import type {Rule} from "./rule.js";
import type {Scalar} from "./subject.js";

/** The published profiles, numbered by `row`, and what else rules may be about. */
export interface ColumnOptions extends CountOptions, Pick<PlanOptions, "events" | "ranks" | "memberships"> {}

/** Whom each condition takes in, as bits of the profiles' numbers (`readBitstring`): one row of `b0`, `b1`, …. */
export function bitsQuery(conditions: readonly Rule[], n: number, options: ColumnOptions): Compiled {
  const plan = compilePlan(conditions, {...options, profiles: {table: options.table, key: "row"}});
  const tables = new Parameters();
  const beginning = plan.with(tables);
  let parameters = tables.values;
  const columns = conditions.map((condition, i) => {
    const compiled = compileRule(condition, {...plan.options, parameters});
    ({parameters} = compiled);
    return `bitstring_agg(p.row, 0::uinteger, ${bitstringEnd(n)}::uinteger) filter (where ${compiled.sql})::blob as b${i}`;
  });
  return {sql: `${beginning}select ${columns.join(",\n  ")}\nfrom ${plan.from()}`, parameters};
}

/** The categories by name, in the order of their codes. */
export function categoriesQuery({table}: CountOptions): Compiled {
  return {
    sql: `select distinct coalesce(category, '(none)') as category from ${table} order by category`,
    parameters: []
  };
}

/** What every profile is counted by: `row`, the `category` by its place among the categories, `decile`, `value`. */
export function profileColumnsQuery(options: CountOptions): Compiled {
  const {value, decile} = measureColumns(options);
  return {
    sql: `with names as (
  select category, (row_number() over (order by category) - 1)::usmallint as code
  from (select distinct coalesce(category, '(none)') as category from ${options.table})
)
select row, names.code as category, coalesce(${decile}, 0)::utinyint as decile, coalesce(${value}, 0)::double as value
from ${options.table} as p left join names on names.category = coalesce(p.category, '(none)')`,
    parameters: []
  };
}

/** A field's number, `value`, of every profile, in the order of the table, which is that of `row`. */
export function numbersQuery(field: Field, {table}: CountOptions): Compiled {
  return {sql: `select ${quoteColumn(field.column)}::double as value from ${table}`, parameters: []};
}

/** The place of every profile's value among those listed, their number where it is none of them: `value`, in order likewise. */
export function placesQuery(field: Field, values: readonly Scalar[], {table}: CountOptions): Compiled {
  const cases = values.map(
    (value, i) => `when $${i + 1}::${typeof value === "number" ? "utinyint" : "varchar"} then ${i}`
  );
  return {
    sql: `select (case ${quoteColumn(field.column)} ${cases.join(" ")} else ${values.length} end)::usmallint as value from ${table}`,
    parameters: [...values]
  };
}

/** The profiles of these numbers, in order: id, category, the fields that a rule names, and the measure. */
export function rowsQuery(rows: readonly number[], rule: Rule, options: CountOptions): Compiled {
  const columns = exampleFields(rule, options).map(({column}) => quoteColumn(column));
  return {
    sql: `select ${["id", "category", ...columns].join(", ")} from ${options.table} where row in (${[-1, ...rows].join(", ")}) order by row`,
    parameters: []
  };
}
