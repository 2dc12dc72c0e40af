import type {ValueType} from "../definitions/fields.js";
import {suggest} from "../definitions/nearest.js";
import {instantRange, namedPeriods, parseDate, periodRange, type RuleContext} from "./dates.js";
import type {Catalogue} from "./field.js";
import {operators, operatorsOf, type Family, type Operator} from "./operators.js";
import {isClockSpan, parseOffset, parseSpan} from "./span.js";
import type {Operand, Scalar} from "./subject.js";

/** What is tested, as far as a test can be wrong about it. */
export interface Tested {
  label: string;
  family: Family;
  type: ValueType;
  /** Of a decile. */
  buckets?: number;
}

/** What is wrong with a test of something; undefined where nothing is. */
export function testProblem(
  tested: Tested,
  operator: Operator,
  operand: Operand,
  ignoresYear: boolean,
  fields: Catalogue,
  context: RuleContext
): string | undefined {
  const misfit = operatorProblem(tested, operator);
  if (misfit) return misfit;
  const problem = operandProblem(tested, operator, operand, fields, context);
  if (problem) return `${tested.label}: ${problem}`;
  const ignoring = ignoresYear && ignoreYearProblem(tested, operator, operand);
  return ignoring ? `${tested.label}: ${ignoring}` : undefined;
}

/** Whether an operator fits what is tested. */
export function operatorProblem(tested: Tested, operator: Operator): string | undefined {
  const allowed = operatorsOf(tested.family);
  if (allowed.includes(operator)) return undefined;
  return `"${operator}" does not fit ${tested.label} (${familyName(tested.family)}): one of ${allowed.join(", ")}`;
}

/** A family in words: "true or false", "number". */
export function familyName(family: Family): string {
  return family === "boolean" ? "true or false" : family;
}

function operandProblem(
  tested: Tested,
  operator: Operator,
  operand: Operand,
  fields: Catalogue,
  context: RuleContext
): string | undefined {
  const show = JSON.stringify(operand);
  switch (operators[operator].operand) {
    case "flag":
      return undefined;
    case "span":
      return spanProblem(tested, operand);
    case "around": {
      const [middle, span] = operand as [Scalar, Scalar];
      return valueProblem(tested, middle) ?? spanProblem(tested, span);
    }
    case "rolling":
      return rollingProblem(tested, operand as [string, string], context);
    case "file":
      return fileProblem(operand as string, fields);
    case "period": {
      if (periodRange(operand, context)) return undefined;
      const hint = suggest(String(operand), namedPeriods);
      return `not a period: ${show}${hint || ': "this month", "last year", "2026", "2026-03"'}`;
    }
    case "pair": {
      const [low, high] = operand as [Scalar, Scalar];
      const wrong = valueProblem(tested, low) ?? valueProblem(tested, high);
      if (wrong) return wrong;
      const [a, b] = tested.family === "date" ? [parseDate(low)!, parseDate(high)!] : [low, high];
      if (a <= b) return undefined;
      return `nothing lies between ${JSON.stringify(low)} and ${JSON.stringify(high)}: the lower first`;
    }
    case "many":
      if ((operand as Scalar[]).length === 0) return "an empty list: name at least one value";
      return (operand as Scalar[]).map((value) => valueProblem(tested, value)).find((problem) => problem);
    default:
      return valueProblem(tested, operand as Scalar);
  }
}

function ignoreYearProblem({family}: Tested, operator: Operator, operand: Operand): string | undefined {
  if (family !== "date") return "ignore_year fits dates only";
  const isYear = operator === "during" && /year$|^\d{4}$/.test(String(operand).trim());
  if (isYear) return `every day lies in some ${JSON.stringify(operand)}: ignore_year says nothing here`;
  const span = operators[operator].operand === "span" ? operand : operator === "around" ? (operand as Scalar[])[1] : undefined; // prettier-ignore
  if (span !== undefined && isClockSpan(parseSpan(span)!)) return "ignore_year needs spans of days or more";
  if (["exists", "rolling", "in_file", "not_in_file"].includes(operator))
    return `ignore_year does not fit "${operator}"`;
  return undefined;
}

function fileProblem(file: string, {lists}: Catalogue): string | undefined {
  if (/^\/|\\|(^|\/)\.\.(\/|$)/.test(file))
    return `not a file of the workspace: ${JSON.stringify(file)}: lists/vip.txt`;
  if (!lists || lists.some((list) => list.file === file)) return undefined;
  return `no list ${JSON.stringify(file)}${suggest(file, lists.map((list) => list.file)) || ": a file under lists/, one value to a line"}`; // prettier-ignore
}

function spanProblem({type}: Tested, text: unknown): string | undefined {
  const span = parseSpan(text);
  if (!span) return `not a span of time: ${JSON.stringify(text)}: "30 days", "6 months"`;
  return isClockSpan(span) && type === "date" ? `a date has no hours: ${JSON.stringify(text)}: use days` : undefined;
}

function rollingProblem({type}: Tested, operand: [string, string], context: RuleContext): string | undefined {
  for (const text of operand) {
    const offset = parseOffset(text);
    if (!offset) return `not a span from as-of: ${JSON.stringify(text)}: "-30 days", "0 days", "+1 week"`;
    if (isClockSpan(offset) && type === "date") return `a date has no hours: ${JSON.stringify(text)}: use days`;
  }
  const {from, to} = instantRange("rolling", operand, context);
  const [low, high] = operand.map((text) => JSON.stringify(text));
  return from! < to! ? undefined : `nothing lies from ${low} to ${high}: the earlier first`;
}

function valueProblem({family, buckets = 100}: Tested, value: Scalar): string | undefined {
  const name = familyName(family);
  const article = family === "text" || family === "boolean" ? "" : "a ";
  const wrong = `not ${article}${name}: ${JSON.stringify(value)}`;
  switch (family) {
    case "text":
      return typeof value === "string" ? undefined : `${wrong}: put it in quotes`;
    case "boolean":
      return typeof value === "boolean" ? undefined : wrong;
    case "date":
      return parseDate(value) ? undefined : `${wrong}: YYYY-MM-DD`;
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? undefined : wrong;
    case "decile": {
      const fits = typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= buckets;
      return fits ? undefined : `${wrong}: 1 (best) to ${buckets}, or inactive`;
    }
  }
}
