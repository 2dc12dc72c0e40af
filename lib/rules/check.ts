import {partitionAt} from "./at.js";
import {checkAudience} from "./checkAudience.js";
import {checkEvent, checkSequence} from "./checkEvent.js";
import {testProblem} from "./checkTest.js";
import {contradictions} from "./contradiction.js";
import type {RuleContext} from "./dates.js";
import {fieldFamily, fieldOf, type Catalogue, type Field} from "./field.js";
import type {Checking, Finding} from "./finding.js";
import {
  childrenOf,
  containerKind,
  isAudience,
  isCondition,
  isEvent,
  isSequence,
  saysSomething,
  type Rule
} from "./rule.js";
import {testOf, type Condition} from "./subject.js";

/**
 * Checks a well-formed rule against what there is: unknown fields, wrong types, windows that are impossible or longer
 * than the data kept, audiences that refer to each other. What the catalogue leaves out is not checked against. `id` is
 * the audience whose rule it is.
 */
export function checkRule(rule: Rule, fields: Catalogue, context: RuleContext, id?: string): Finding[] {
  const findings: Finding[] = [];
  const report: Checking["report"] = (severity, path, message) => findings.push({severity, path, message});
  const checking = {fields, context, report};
  const visit = (node: Rule, path: Finding["path"]): void => {
    if (isEvent(node)) return checkEvent(node, path, checking);
    if (isSequence(node)) return checkSequence(node, path, checking);
    if (isAudience(node)) return checkAudience(node, path, id, checking);
    if (isCondition(node)) return checkCondition(node, path, checking);
    const kind = containerKind(node)!;
    const children = childrenOf(node);
    if (children.length === 0 && path.length > 0) {
      report("warning", path, `empty container: "${kind}" of nothing says nothing`);
    }
    children.forEach((child, i) => visit(child, [...path, kind, i]));
  };
  visit(rule, []);
  if (findings.length === 0 && !saysSomething(rule)) report("warning", [], "no condition: everybody is in");
  if (!findings.some(({severity}) => severity === "error")) findings.push(...contradictions(rule));
  return findings;
}

function checkCondition(condition: Condition, path: Finding["path"], {fields, context, report}: Checking): void {
  let field: Field;
  try {
    field = fieldOf(condition, fields);
  } catch (error) {
    return report("error", path, (error as Error).message);
  }
  const {partitions, categories} = fields;
  if (field.at && partitions && !partitionAt(field.at, partitions, context)) {
    const first = partitions[0]
      ? `the calendar begins with ${partitions[0].slice(0, 10)}`
      : "no earlier deciles are kept";
    report("error", [...path, "at"], `${field.label}: nothing is kept from ${field.at}: ${first}`);
  }
  if (field.category && categories && !categories.includes(field.category)) {
    report(
      "error",
      [...path, "category"],
      `no category ${JSON.stringify(field.category)}: one of ${categories.join(", ")}`
    );
  }
  const {operator, operand} = testOf(condition);
  const tested = {...field, family: fieldFamily(field)};
  const problem = testProblem(tested, operator, operand, condition.ignore_year === true, fields, context);
  if (problem) report("error", [...path, operator], problem);
}
