import {nearest} from "../definitions/nearest.js";
import {instantRange, parseDate, periodRange, namedPeriods, type RuleContext} from "./dates.js";
import type {Where} from "./event.js";
import {fieldFamily, fieldOf, type Catalogue, type Field} from "./field.js";
import {operators, operatorsOf, type Operator} from "./operators.js";
import {isClockSpan, parseOffset, parseSpan} from "./span.js";
import {
  childrenOf,
  containerKind,
  isCondition,
  testOf,
  type Condition,
  type Operand,
  type Rule,
  type Scalar
} from "./rule.js";

/** Something about a rule: an error stops it, a warning does not. */
export interface Finding {
  severity: "error" | "warning";
  /** Keys and indices from the root to the place. */
  path: (string | number)[];
  message: string;
}

/** Checks a well-formed rule against the fields there are: unknown fields, wrong types, ranges that hold for nobody. */
export function checkRule(rule: Rule, fields: Catalogue, context: RuleContext): Finding[] {
  const findings: Finding[] = [];
  walk(rule, [], findings, fields, context);
  if (findings.length === 0 && !saysSomething(rule)) {
    findings.push({severity: "warning", path: [], message: "no condition: everybody is in"});
  }
  return findings;
}

/** Whether anything in a rule says anything: empty containers do not. */
export function saysSomething(rule: Rule | Where): boolean {
  return containerKind(rule) ? childrenOf(rule as Rule).some(saysSomething) : true;
}

/** A place in the tree as people read it: `rule.all[2].none[1]`, counted from 1. */
export function formatPath(path: (string | number)[]): string {
  return "rule" + path.map((step) => (typeof step === "number" ? `[${step + 1}]` : `.${step}`)).join("");
}

function walk(rule: Rule, path: Finding["path"], findings: Finding[], fields: Catalogue, context: RuleContext): void {
  const kind = containerKind(rule);
  if (!kind && !isCondition(rule)) return;
  if (!kind) return checkCondition(rule as Condition, path, findings, fields, context);
  const children = childrenOf(rule);
  if (children.length === 0 && path.length > 0) {
    findings.push({severity: "warning", path, message: `empty container: "${kind}" of nothing says nothing`});
  }
  children.forEach((child, i) => walk(child, [...path, kind, i], findings, fields, context));
}

function checkCondition(
  condition: Condition,
  path: Finding["path"],
  findings: Finding[],
  fields: Catalogue,
  context: RuleContext
): void {
  const report = (message: string, ...more: string[]) =>
    findings.push({severity: "error", path: [...path, ...more], message});
  let field: Field;
  try {
    field = fieldOf(condition, fields);
  } catch (error) {
    report((error as Error).message);
    return;
  }
  const {operator, operand} = testOf(condition);
  const allowed = operatorsOf(fieldFamily(field));
  if (!allowed.includes(operator)) {
    report(`"${operator}" does not fit ${field.label} (${typeName(field)}): one of ${allowed.join(", ")}`, operator);
    return;
  }
  const problem = operandProblem(field, operator, operand, context);
  if (problem) report(`${field.label}: ${problem}`, operator);
}

function operandProblem(field: Field, operator: Operator, operand: Operand, context: RuleContext): string | undefined {
  const show = JSON.stringify(operand);
  switch (operators[operator].operand) {
    case "flag":
      return undefined;
    case "span":
      return spanProblem(field, operand);
    case "around": {
      const [middle, span] = operand as [Scalar, Scalar];
      return valueProblem(field, middle) ?? spanProblem(field, span);
    }
    case "rolling":
      return rollingProblem(field, operand as [string, string], context);
    case "file":
      return undefined;
    case "period": {
      if (periodRange(operand, context)) return undefined;
      const hint = nearest(String(operand), namedPeriods);
      return `not a period: ${show}: ${hint ? `did you mean "${hint}"?` : '"this month", "last year", "2026", "2026-03"'}`;
    }
    case "pair": {
      const [low, high] = operand as [Scalar, Scalar];
      const wrong = valueProblem(field, low) ?? valueProblem(field, high);
      if (wrong) return wrong;
      const isDate = fieldFamily(field) === "date";
      const [a, b] = isDate ? [parseDate(low)!, parseDate(high)!] : [low, high];
      return a > b
        ? `nothing lies between ${JSON.stringify(low)} and ${JSON.stringify(high)}: the lower first`
        : undefined;
    }
    case "many":
      if ((operand as Scalar[]).length === 0) return "an empty list: name at least one value";
      return (operand as Scalar[]).map((value) => valueProblem(field, value)).find((problem) => problem);
    default:
      return valueProblem(field, operand as Scalar);
  }
}

function spanProblem(field: Field, text: unknown): string | undefined {
  const span = parseSpan(text);
  if (!span) return `not a span of time: ${JSON.stringify(text)}: "30 days", "6 months"`;
  return isClockSpan(span) && field.type === "date"
    ? `a date has no hours: ${JSON.stringify(text)}: use days`
    : undefined;
}

function rollingProblem(field: Field, operand: [string, string], context: RuleContext): string | undefined {
  for (const text of operand) {
    const offset = parseOffset(text);
    if (!offset) return `not a span from as-of: ${JSON.stringify(text)}: "-30 days", "0 days", "+1 week"`;
    if (isClockSpan(offset) && field.type === "date") return `a date has no hours: ${JSON.stringify(text)}: use days`;
  }
  const {from, to} = instantRange("rolling", operand, context);
  const [low, high] = operand.map((text) => JSON.stringify(text));
  return from! < to! ? undefined : `nothing lies from ${low} to ${high}: the earlier first`;
}

function valueProblem(field: Field, value: Scalar): string | undefined {
  const wrong = `not ${article(typeName(field))}: ${JSON.stringify(value)}`;
  switch (fieldFamily(field)) {
    case "text":
      return typeof value === "string" ? undefined : `${wrong}: put it in quotes`;
    case "boolean":
      return typeof value === "boolean" ? undefined : wrong;
    case "date":
      return parseDate(value) ? undefined : `${wrong}: YYYY-MM-DD`;
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? undefined : wrong;
    case "decile": {
      const buckets = field.buckets ?? 100;
      const fits = typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= buckets;
      return fits ? undefined : `${wrong}: 1 (best) to ${buckets}, or inactive`;
    }
  }
}

function typeName(field: Field): string {
  const family = fieldFamily(field);
  return family === "boolean" ? "true or false" : family;
}

function article(name: string): string {
  return name === "text" || name.startsWith("true") ? name : `a ${name}`;
}
