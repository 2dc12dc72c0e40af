import {quoteColumn} from "../sql.js";
import {compileRule, type Compiled, type CompileOptions} from "./compile.js";
import {fieldOf, isElsewhere, type Catalogue, type Field} from "./field.js";
import {childrenOf, containerKind, isCondition, type Rule} from "./rule.js";
import type {Scalar} from "./subject.js";

/** What customers are valued by and ranked by: a metric over a lookback. */
export interface Measure {
  metric: string;
  lookback: string;
}

export interface CountOptions extends Omit<CompileOptions, "assume" | "parameters"> {
  /** The table of profiles, as it stands in SQL. */
  table: string;
  measure: Measure;
}

/**
 * Counts a rule: one row per category and decile with `category, decile, profiles, value`. Their sums are the whole.
 */
export function summaryQuery(rule: Rule, options: CountOptions): Compiled {
  const {sql, parameters} = compileRule(rule, options);
  const {value, decile} = measureColumns(options);
  return {
    sql: `select category, ${decile} as decile, count(*) as profiles, sum(${value}) as value
from ${options.table}
where ${sql}
group by all`,
    parameters
  };
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
 * Counts every node of a rule on its own (`n0`, `n1`, … in the order of `nodesOf`), and what is left after each child of
 * an outermost `all` in turn (`left0`, …). One row.
 */
export function funnelQuery(rule: Rule, options: CountOptions): Compiled {
  let parameters: Scalar[] = [];
  const count = (node: Rule) => {
    const compiled = compileRule(node, {...options, parameters});
    parameters = compiled.parameters;
    return `count(*) filter (where ${compiled.sql})`;
  };
  const alone = nodesOf(rule).map((node, i) => `${count(node)} as n${i}`);
  const steps = containerKind(rule) === "all" ? childrenOf(rule) : [];
  const left = steps.map((_, i) => `${count({all: steps.slice(0, i + 1)})} as left${i}`);
  return {sql: `select ${[...alone, ...left].join(",\n  ")}\nfrom ${options.table}`, parameters};
}

/** All nodes of a rule, parents before children. */
export function nodesOf(rule: Rule): Rule[] {
  return [rule, ...childrenOf(rule).flatMap(nodesOf)];
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
