import {describeEvent, describeSequence} from "./describeEvent.js";
import {fieldFamily, type Field} from "./field.js";
import type {Operator} from "./operators.js";
import {
  childrenOf,
  containerKind,
  isAudience,
  isEvent,
  isSequence,
  saysSomething,
  type AudienceCondition,
  type Container,
  type Rule
} from "./rule.js";
import {subjectOf, testOf, type Condition, type Operand, type Scalar} from "./subject.js";
import type {Wording} from "./wording.js";
import {predicate, series, within} from "./words.js";

/** Reads a rule aloud: "Customers whose tier is Gold or Silver and who rank in decile 1 of spend over 12 months." */
export function describeRule(rule: Rule, wording: Wording): string {
  if (!saysSomething(rule)) return "All customers.";
  const text = clause(rule, wording, true);
  return `${text.startsWith("except ") ? "All customers " : "Customers "}${text}.`;
}

/** Reads one condition aloud, as a clause: "whose tier is Gold". Names that nothing is known of stand as they are. */
export function describeCondition(rule: Exclude<Rule, Container>, wording: Wording): string {
  if (isEvent(rule)) return describeEvent(rule, wording);
  if (isSequence(rule)) return describeSequence(rule, wording);
  if (isAudience(rule)) return describeAudience(rule, wording);
  const condition = rule as Condition;
  const field = wording.fields.find(condition) ?? unknownField(condition);
  const {operator, operand} = testOf(condition);
  if (field.kind === "decile") return decileClause(field, operator, operand);
  const said = {family: fieldFamily(field), unit: field.unit};
  return `whose ${fieldName(field)} ${predicate(said, operator, operand, condition.ignore_year === true, wording.currency)}`;
}

/** A field as it stands within a sentence: "spend over 12 months". */
export function fieldName(field: Field): string {
  const label = within(field.label, field.name);
  if (field.lookback === undefined) return label;
  const category = field.category === undefined ? "" : ` within “${field.category}”`;
  const at = field.at === undefined ? "" : ` as of ${field.at}`;
  return `${label} over ${field.lookback === "lifetime" ? "their lifetime" : field.lookback}${category}${at}`;
}

function describeAudience({audience, membership = "now", within: span}: AudienceCondition, {fields}: Wording): string {
  const name = `“${fields.audiences?.find(({id}) => id === audience)?.name ?? audience}”`;
  const last = span ? ` in the last ${span}` : "";
  switch (membership) {
    case "now":
      return span ? `who came into ${name}${last} and are still in` : `who are in ${name}`;
    case "ever":
      return span ? `who were in ${name} at some time${last}` : `who were in ${name} at some time`;
    case "never":
      return span ? `who were not in ${name}${last}` : `who were never in ${name}`;
    case "left":
      return `who left ${name}${last}`;
  }
}

/** What can be said of a field that is not known (any more). */
function unknownField(condition: Condition): Field {
  const subject = subjectOf(condition);
  const [kind, name] = Object.entries(subject)[0] as [Field["kind"], string];
  const value = [testOf(condition).operand].flat()[0];
  const type = typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "string";
  return {kind, type, column: name, label: name, ...subject, name};
}

function clause(rule: Rule, wording: Wording, outermost = false): string {
  const kind = containerKind(rule);
  if (!kind) return describeCondition(rule as Exclude<Rule, Container>, wording);
  const children = childrenOf(rule).filter(saysSomething);
  const {name} = rule as {name?: string};
  const inner = kind === "all" ? conjunction(children, wording) : alternatives(children, wording, kind === "none");
  if (name) return `who are “${name}” (${inner})`;
  return outermost || children.length === 1 ? inner : `(${inner})`;
}

function conjunction(rules: Rule[], wording: Wording): string {
  const isDenial = (rule: Rule) => containerKind(rule) === "none" && !(rule as {name?: string}).name;
  const holds = rules.filter((rule) => !isDenial(rule)).map((rule) => clause(rule, wording));
  const denied = rules.filter(isDenial).flatMap((rule) => childrenOf(rule).filter(saysSomething));
  const parts = [series(holds, "and"), denied.length > 0 && alternatives(denied, wording, true)];
  return parts.filter(Boolean).join(", ");
}

function alternatives(rules: Rule[], wording: Wording, denied: boolean): string {
  const text = series(
    rules.map((rule) => clause(rule, wording)),
    "or"
  );
  return denied ? `except those ${text}` : text;
}

function decileClause(field: Field, operator: Operator, operand: Operand): string {
  const of = `of ${fieldName(field)}`;
  const best = (n: number) => (n === 1 ? `the best decile ${of}` : `the best ${n} deciles ${of}`);
  const named = field.buckets && field.buckets !== 10 ? (text: string) => text.replace(/decile/g, "bucket") : String;
  const rank = (text: string) => named(`who rank in ${text}`);
  switch (operator) {
    case "inactive":
      return `who are ${operand ? "inactive" : "active"} in ${fieldName(field)}`;
    case "is":
      return rank(`decile ${operand} ${of}`);
    case "is_not":
      return named(`who do not rank in decile ${operand} ${of}`);
    case "in":
      return rank(`decile ${series((operand as Scalar[]).map(String), "or")} ${of}`);
    case "not_in":
      return named(`who do not rank in decile ${series((operand as Scalar[]).map(String), "or")} ${of}`);
    case "at_most":
      return rank(best(operand as number));
    case "less_than":
      return rank(best((operand as number) - 1));
    case "between":
      return rank(`deciles ${(operand as Scalar[])[0]} to ${(operand as Scalar[])[1]} ${of}`);
    case "at_least":
      return rank(`decile ${operand} or below ${of}`);
    default:
      return rank(`a decile below ${operand} ${of}`);
  }
}
