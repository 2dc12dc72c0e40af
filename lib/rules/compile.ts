import {quoteColumn} from "../sql.js";
import {Parameters} from "./bind.js";
import type {RuleContext} from "./dates.js";
import {fieldFamily, fieldOf, isElsewhere, type Catalogue, type Field} from "./field.js";
import {compileTree} from "./logic.js";
import {isCondition, leafKind, type Rule} from "./rule.js";
import {testOf, type Condition, type Scalar} from "./subject.js";
import {compileTest, type Target, type TestContext} from "./test.js";

/** SQL with positional parameters `$1`, `$2`, … */
export interface Compiled {
  sql: string;
  parameters: Scalar[];
}

export interface CompileOptions extends RuleContext {
  fields: Catalogue;
  /** Parameters that come before; new ones are numbered after them. */
  parameters?: readonly Scalar[];
  /** The SQL of a column; default: its quoted name. */
  column?: (field: Field) => string;
  /** The table of a list's values, as it stands in SQL; its one column `value` is text. */
  list?: (file: string) => string;
  /** A node to be taken as true or false whatever it says: how a dragged condition is told from the rest. */
  assume?: {node: Rule; value: boolean};
  /** The SQL of conditions on events, sequences and audiences; `compilePlan` makes it. */
  leaf?: (leaf: Exclude<Rule, Condition>, context: TestContext) => string;
}

/**
 * A checked rule as one SQL condition over the columns of the table of profiles. It may be null where it does not hold,
 * as in any WHERE or FILTER; below every denial nulls are made false, so that `none` is the exact opposite of `any`.
 * Empty containers say nothing. Values become parameters, never text. Conditions on events, sequences and audiences
 * need the tables of `compilePlan`.
 */
export function compileRule(rule: Rule, options: CompileOptions): Compiled {
  const parameters = new Parameters(options.parameters);
  const sql = compileNode(rule, options, {...options, parameters});
  return {sql: sql ?? "true", parameters: parameters.values};
}

/** The same where parameters are shared with other SQL; undefined where a rule says nothing. */
export function compileNode(rule: Rule, options: CompileOptions, context: TestContext): string | undefined {
  return compileTree<Rule>(rule, (node) => {
    if (options.assume?.node === node) return String(options.assume.value);
    const kind = leafKind(node);
    if (!kind) return undefined;
    if (isCondition(node)) return compileCondition(node, options, context);
    if (!options.leaf) throw new Error(`a condition on ${kind}s needs more than the table of profiles: compile a plan`);
    return options.leaf(node as Exclude<Rule, Condition>, context);
  });
}

/** A field of the profile as something to compare. */
export function profileTarget(field: Field, {column}: Pick<CompileOptions, "column">): Target {
  if (!column && isElsewhere(field)) throw new Error(`${field.label} at another time or within a category needs more than the table of profiles: compile a plan`); // prettier-ignore
  const sql = column?.(field) ?? quoteColumn(field.column);
  return {label: field.label, family: fieldFamily(field), type: field.type, sql};
}

function compileCondition(condition: Condition, options: CompileOptions, context: TestContext): string {
  const target = profileTarget(fieldOf(condition, options.fields), options);
  const {operator, operand} = testOf(condition);
  return compileTest(target, operator, operand, condition.ignore_year === true, context);
}
