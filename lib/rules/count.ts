import {quoteColumn} from "../sql.js";
import {compileRule, type Compiled, type CompileOptions} from "./compile.js";
import {fieldOf, isElsewhere, type Catalogue, type Field} from "./field.js";
import {nodesOf, partsAlone, stepsOf} from "./funnel.js";
import {childrenOf, containerKind, isCondition, type Rule} from "./rule.js";

/** What customers are valued by and ranked by: a metric over a lookback. */
export interface Measure {
  metric: string;
  lookback: string;
}

export interface CountOptions extends Omit<CompileOptions, "assume"> {
  /** The table of profiles, as it stands in SQL. */
  table: string;
  measure: Measure;
}

/** The SQL that people see and copy: the count and the value. */
export function totalQuery(rule: Rule, options: CountOptions): Compiled {
  const {sql, parameters} = compileRule(rule, options);
  const {value} = measureColumns(options);
  return {
    sql: `select count(*) as customers, sum(${value}) as value
from ${options.table}
where ${sql.replace(/^\((.*) and (.*)\)$/s, (all) => all.slice(1, -1))}`,
    parameters
  };
}

/**
 * Counts a rule and its parts in one pass over everybody: one row per category, decile and `passed`, how many of an
 * outermost container's first rules hold before one does not, with `category, decile, passed, everybody, value` and a
 * column for each part by itself (`partsAlone`). Their sums are the whole.
 */
export function countQuery(rule: Rule, options: CountOptions): Compiled {
  let parameters = [...(options.parameters ?? [])];
  const compile = (node: Rule) => {
    const compiled = compileRule(node, {...options, parameters});
    parameters = compiled.parameters;
    return compiled.sql;
  };
  const {value, decile} = measureColumns(options);
  const alone = partsAlone(rule).map(({name, rule: part}) => `count(*) filter (where ${compile(part)}) as ${name}`);
  const steps = stepsOf(rule);
  const failing = steps.map((step, i) => `when not coalesce(${compile(step)}, false) then ${i}`);
  const passed = failing.length > 0 ? `case ${failing.join(" ")} else ${steps.length} end` : "0";
  return {
    sql: `select category, ${decile} as decile, ${passed} as passed, count(*) as everybody,
  ${alone.join(",\n  ")},
  sum(${value}) filter (where ${compile(rule)}) as value
from ${options.table}
group by all`,
    parameters
  };
}

/** The rules of which one is enough: those within “any”, as far as nothing denies them; the first forty. */
export function alternativesOf(rule: Rule): Rule[] {
  const kind = containerKind(rule);
  const found = (node: Rule): Rule[] => {
    if (containerKind(node) === "none") return [];
    return [...(containerKind(node) === "any" ? childrenOf(node) : []), ...childrenOf(node).flatMap(found)];
  };
  return kind ? found(rule).slice(0, 40) : [];
}

/** The fields that examples show. */
export function exampleFields(rule: Rule, {fields, measure}: Pick<CountOptions, "fields" | "measure">): Field[] {
  const named = nodesOf(rule)
    .filter(isCondition)
    .map((node) => fieldOf(node, fields))
    .filter((field) => !isElsewhere(field));
  return [...new Set([...named, ...Object.values(measureFields(measure, fields))])];
}

/** The metric's and the decile's field of a measure. */
export function measureFields({metric, lookback}: Measure, fields: Catalogue): {value: Field; decile: Field} {
  return {value: fieldOf({metric, lookback}, fields), decile: fieldOf({decile: metric, lookback}, fields)};
}

/** The same as quoted columns. */
export function measureColumns({measure, fields}: Pick<CountOptions, "measure" | "fields">) {
  const {value, decile} = measureFields(measure, fields);
  return {value: quoteColumn(value.column), decile: quoteColumn(decile.column)};
}
