import {formatAt} from "./at.js";
import {parseDate} from "./dates.js";
import {eventTestOf, fieldTestOf, isNegated, isReference, isStepReference, measureOf, referencedSubject, type EventCondition, type FieldCondition, type SequenceCondition, type Step, type Where} from "./event.js"; // prettier-ignore
import {textHash} from "./hash.js";
import {eventMeasure} from "./measure.js";
import {denials, opposites, operators, type Operator} from "./operators.js";
import {
  childrenOf,
  container,
  containerKind,
  isAudience,
  isEvent,
  isSequence,
  saysSomething,
  type AudienceCondition,
  type Rule
} from "./rule.js";
import {formatSpan, parseOffset, parseSpan, spanSeconds} from "./span.js";
import {subjectOf, testOf, type Condition, type Operand, type Scalar, type Subject, type Test} from "./subject.js";
import {fieldConditions} from "./where.js";

/**
 * The one form of all rules that mean the same by order, names, empty, nested or doubly negated containers, or the
 * spelling of values. Not a full normal form: rules may be equivalent and yet differ.
 */
export function canonicalRule(rule: Rule): Rule {
  return saysSomething(rule) ? simplify(rule) : {all: []};
}

/** A hash of the canonical form: 13 characters that change when the rule's meaning does. */
export function ruleHash(rule: Rule): string {
  return textHash(JSON.stringify(canonicalRule(rule)));
}

/** Rules, and the trees within `where`, are simplified alike; only their leaves differ. */
type Node = Rule | Where;

function simplify<N extends Node>(node: N): N {
  const kind = containerKind(node);
  if (!kind) return simplifyLeaf(node) as N;
  // none(x) of a single negation is what x denies; children of the same kind, and any in none, are taken in.
  const absorbed = kind === "none" ? "any" : kind;
  const children = (childrenOf(node as Rule) as N[])
    .filter(saysSomething)
    .map(simplify)
    .flatMap((child) => (containerKind(child) === absorbed ? (childrenOf(child as Rule) as N[]) : [child]));
  const unique = new Map(children.map((child) => [JSON.stringify(child), child]));
  const sorted = [...unique.keys()].sort(byCodeUnit).map((key) => unique.get(key)!);
  if (sorted.length > 1) return container(kind, sorted as Rule[]) as N;
  return kind === "none" ? opposite(sorted[0]!) : sorted[0]!;
}

/** Denies a simplified node. */
function opposite<N extends Node>(node: N): N {
  const kind = containerKind(node);
  if (kind === "none") return simplify(container("any", childrenOf(node as Rule)) as N);
  if (kind === "any") return container("none", childrenOf(node as Rule)) as N;
  return container("none", [node as Rule]) as N;
}

function simplifyLeaf(node: Node): Node {
  if ("field" in node) return simplifyField(node);
  if (isEvent(node as Rule)) return simplifyEvent(node as EventCondition);
  if (isSequence(node as Rule)) return simplifySequence(node as SequenceCondition);
  if (isAudience(node as Rule)) return simplifyAudience(node as AudienceCondition);
  const {operator, operand} = testOf(node as Condition);
  return simplifyTest<Condition>(plainSubject(subjectOf(node as Condition)), operator, operand, node as Test);
}

function plainSubject(subject: Subject): Subject {
  return "at" in subject && subject.at !== undefined ? {...subject, at: formatAt(subject.at)} : subject;
}

/** What is tested, and a test in the one spelling; what denies becomes the denial of its opposite. */
function simplifyTest<N extends Node>(of: object, operator: Operator, operand: Operand, {ignore_year}: Test): N {
  const ignores = ignore_year && {ignore_year};
  const test = (name: Operator, value: Operand) => ({...of, [name]: value, ...ignores}) as unknown as N;
  if (denials.has(operator)) return opposite(simplifyTest<N>(of, opposites[operator]!, operand, {ignore_year}));
  if ((operator === "exists" || operator === "inactive") && operand === false) return opposite(test(operator, true));
  const spelled = spellOperand(operator, operand);
  const only = operators[operator].operand === "many" && (spelled as Scalar[]).length === 1;
  return only ? test("is", (spelled as Scalar[])[0]!) : test(operator, spelled);
}

function simplifyField(condition: FieldCondition): Where {
  const {operator, operand} = fieldTestOf(condition);
  const {field} = condition;
  if (!isReference(operand)) return simplifyTest<Where>({field}, operator, operand, condition as Test);
  if (denials.has(operator)) return opposite<Where>(simplifyField({field, [opposites[operator]!]: operand}));
  if (isStepReference(operand)) return {field, [operator]: {step: operand.step, field: operand.field}};
  const subject = plainSubject(subjectOf(referencedSubject(operand)));
  return {field, [operator]: {profile: "attribute" in subject ? subject.attribute : subject}};
}

function simplifyEvent(condition: EventCondition): Rule {
  const {operator, operand} = eventTestOf(condition);
  const of = {...eventMeasure({...condition, where: undefined, time: undefined}), ...simplifyParts(condition)};
  if (measureOf(condition)) return simplifyTest<Rule>(of, operator, operand, condition);
  // Counts are whole and always known, so that each comparison says "at least" of something or denies it.
  const atLeast = (n: number): Rule => ({...of, at_least: n}) as Rule;
  if (denials.has(operator))
    return opposite(simplifyEvent({...(of as EventCondition), [opposites[operator]!]: operand}));
  if (operator === "exists") return operand ? atLeast(1) : opposite(atLeast(1));
  if (operator === "more_than") return atLeast(Math.floor(operand as number) + 1);
  if (operator === "at_most") return opposite(atLeast(Math.floor(operand as number) + 1));
  if (operator === "less_than") return opposite(atLeast(Math.ceil(operand as number)));
  const isNone = operator !== "at_least" && [operand].flat().every((count) => count === 0);
  if (isNone) return opposite(atLeast(1));
  return simplifyTest<Rule>(of, operator, operand, condition);
}

function simplifySequence({sequence, time}: SequenceCondition): Rule {
  const referred = new Set(sequence.flatMap(({where}) => fieldConditions(where).flatMap(stepOf)));
  const names = sequence.flatMap((step) => (!isNegated(step) && step.as && referred.has(step.as) ? [step.as] : []));
  const renamed = new Map(names.map((name, i) => [name, `step${i + 1}`]));
  const steps = sequence.map((step): Step => {
    const {where} = simplifyParts(renameSteps(step, renamed));
    const types = eventMeasure({event: isNegated(step) ? step.no_event : step.event}).event;
    const common = {...(where && {where}), ...(step.within && {within: spellWindow(step.within)})};
    if (isNegated(step)) return {no_event: types, ...common};
    const as = step.as && renamed.get(step.as);
    const after = step.after_at_least && spellWindow(step.after_at_least);
    return {event: types, ...(as && {as}), ...common, ...(after && {after_at_least: after})};
  });
  return {sequence: sortNegated(steps), ...simplifyParts({time})};
}

/** Between the same two steps, what must not happen stands in no order. */
function sortNegated(steps: Step[]): Step[] {
  const runs: Step[][] = [];
  for (const step of steps) {
    if (isNegated(step) && runs.at(-1) && isNegated(runs.at(-1)![0]!)) runs.at(-1)!.push(step);
    else runs.push([step]);
  }
  return runs.flatMap((run) => run.sort((a, b) => byCodeUnit(JSON.stringify(a), JSON.stringify(b))));
}

function simplifyAudience({audience, membership = "now", within}: AudienceCondition): Rule {
  const more = within && {within: spellSpan(within)};
  if (membership === "never") return opposite<Rule>({audience, membership: "ever", ...more});
  return {audience, ...(membership !== "now" && {membership}), ...more};
}

function simplifyParts({where, time}: {where?: Where; time?: Test}): {where?: Where; time?: Test} {
  const test = time && testOf(time);
  return {
    ...(where && saysSomething(where) && {where: simplify(where)}),
    ...(test && {time: {[test.operator]: spellOperand(test.operator, test.operand), ...(time.ignore_year && {ignore_year: true})}}) // prettier-ignore
  };
}

function renameSteps<S extends Step>(step: S, names: Map<string, string>): S {
  return JSON.parse(JSON.stringify(step), (key, value: unknown) =>
    key === "step" && typeof value === "string" ? (names.get(value) ?? value) : value
  ) as S;
}

function stepOf(condition: FieldCondition): string[] {
  const {operand} = fieldTestOf(condition);
  return isReference(operand) && isStepReference(operand) ? [operand.step] : [];
}

function spellOperand(operator: Operator, operand: Operand): Operand {
  switch (operators[operator].operand) {
    case "span":
      return spellSpan(operand as string);
    case "around": {
      const [date, span] = operand as [string, string];
      return [spell(date), spellSpan(span)];
    }
    case "rolling":
      return (operand as string[]).map((text) => {
        const offset = parseOffset(text);
        return offset ? formatSpan(offset) : text;
      });
    case "many": {
      const values = new Map((operand as Scalar[]).map((value) => [JSON.stringify(spell(value)), spell(value)]));
      return [...values.keys()].sort(byCodeUnit).map((key) => values.get(key)!);
    }
    default:
      return Array.isArray(operand) ? operand.map(spell) : spell(operand);
  }
}

function spell(value: Scalar): Scalar {
  if (typeof value === "number") return value === 0 ? 0 : value;
  return typeof value === "string" ? (parseDate(value) ?? value) : value;
}

function spellSpan(text: string): string {
  const span = parseSpan(text);
  return span ? formatSpan(span) : text;
}

/** Between steps a day is 24 hours, so that windows are the same by their seconds. */
function spellWindow(text: string): string {
  const span = parseSpan(text);
  const seconds = span && spanSeconds(span);
  return seconds ? formatSpan({count: seconds, unit: "second"}) : text;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
