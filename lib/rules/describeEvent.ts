import {eventTestOf, eventTypes, fieldTestOf, isNegated, isReference, isStepReference, measureOf, referencedSubject, type EventCondition, type EventTypes, type FieldCondition, type Measure, type NegatedStep, type PositiveStep, type Reference, type SequenceCondition, type Step, type Where} from "./event.js"; // prettier-ignore
import {familyOf, type Operator} from "./operators.js";
import {childrenOf, containerKind, saysSomething} from "./rule.js";
import {subjectOf, testOf, type Operand, type Scalar, type Test} from "./subject.js";
import {fieldConditions} from "./where.js";
import type {Wording} from "./wording.js";
import {predicate, series, showValue, within, type Said} from "./words.js";

/** Reads a condition on events aloud: "who have at least 3 purchase events in the last 30 days". */
export function describeEvent(condition: EventCondition, wording: Wording): string {
  const {operator, operand} = eventTestOf(condition);
  const {where, time} = condition;
  const measured = measureOf(condition);
  const more = `${timeWords(time)}${whereWords(where, wording)}`;
  if (!measured) {
    const count = countWords(operator, operand);
    const isOne = count.endsWith(" one");
    return `who have ${count} ${eventWords(condition.event, wording, isOne)}${more}`;
  }
  const {measure, field} = measured;
  const said = fieldWords(field, wording);
  const isTime = field === "event_time" || field === "event_date";
  if (isTime && (measure === "first" || measure === "last" || measure === "min" || measure === "max")) {
    const end = measure === "first" || measure === "min" ? "first" : "last";
    const test = predicate({family: "date"}, operator, operand, condition.ignore_year === true);
    return `whose ${end} ${eventWords(condition.event, wording, true)}${more} ${test}`;
  }
  const tested: Said = measure === "distinct" ? {family: "number"} : said;
  const test = predicate(tested, operator, operand, condition.ignore_year === true, wording.currency);
  return `whose ${measureWords[measure]} ${said.label} over ${eventWords(condition.event, wording)}${more} ${test}`;
}

/** Reads a sequence aloud: "who have a view event, then within 24 hours no purchase event". */
export function describeSequence({sequence, time}: SequenceCondition, wording: Wording): string {
  const referred = new Set(sequence.flatMap(({where}) => fieldConditions(where).flatMap(stepOf)));
  const steps = sequence.map((step, i) => stepWords(step, i === 0, referred, wording));
  const when = time ? `, all of them${timeWords(time)}` : "";
  return `who have ${steps.join(", then ")}${when}`;
}

const measureWords: Record<Measure, string> = {
  sum: "sum of",
  average: "average",
  min: "least",
  max: "greatest",
  distinct: "number of different values of",
  first: "first",
  last: "last"
};

function countWords(operator: Operator, operand: Operand): string {
  const number = (value: Scalar) => (value === 1 ? "one" : showValue({family: "number"}, value));
  const [one, two] = [operand].flat() as [Scalar, Scalar];
  switch (operator) {
    case "exists":
      return operand ? "at least one" : "no";
    case "is":
      return one === 0 ? "no" : `exactly ${number(one)}`;
    case "at_most":
      return one === 0 ? "no" : `at most ${number(one)}`;
    case "at_least":
      return `at least ${number(one)}`;
    case "more_than":
      return `more than ${number(one)}`;
    case "less_than":
      return `fewer than ${number(one)}`;
    case "between":
      return `between ${number(one)} and ${showValue({family: "number"}, two)}`;
    case "is_not":
      return `any number but ${showValue({family: "number"}, one)} of`;
    case "not_in":
      return `any number but ${series((operand as Scalar[]).map(String), "and")} of`;
    default:
      return series([operand].flat().map(String), "or");
  }
}

function eventWords(types: EventTypes, {fields}: Wording, isOne = false): string {
  const names = eventTypes(types);
  const noun = isOne ? "event" : "events";
  if (names.includes("*")) return isOne ? "event of any type" : "events of any type";
  const labels = names.map((name) => {
    const label = fields.eventTypes?.find((type) => type.name === name)?.label;
    return label === undefined ? name : within(label, name);
  });
  return `${series(labels, "or")} ${noun}`;
}

/** When events happened, to follow them: "in the last 30 days", "not on 2026-03-01". */
function timeWords(time: Test | undefined): string {
  if (!time) return "";
  const {operator, operand} = testOf(time);
  if (operator === "exists") return operand ? "" : " without a time";
  const text = predicate({family: "date"}, operator, operand, time.ignore_year === true);
  const bare = text
    .replace(/^does not lie /, "not ")
    .replace(/^is neither /, "on neither ")
    .replace(/^(?:lies|is) /, "")
    .replace(/^in (?=today|yesterday|this |last |next )/, "");
  return ` ${bare.replace(/^(not )?(?=\d)/, "$1on ")}`;
}

function whereWords(where: Where | undefined, wording: Wording): string {
  return where && saysSomething(where) ? ` where ${clause(where, wording, true)}` : "";
}

function clause(where: Where, wording: Wording, outermost = false): string {
  const kind = containerKind(where);
  if (!kind) return fieldClause(where as FieldCondition, wording);
  const parts = childrenOf(where)
    .filter(saysSomething)
    .map((part) => clause(part, wording));
  if (kind === "none") return `not (${series(parts, "or")})`;
  const text = series(parts, kind === "all" ? "and" : "or");
  return outermost || parts.length === 1 ? text : `(${text})`;
}

function fieldClause(condition: FieldCondition, wording: Wording): string {
  const said = fieldWords(condition.field, wording);
  const {operator, operand} = fieldTestOf(condition);
  if (!isReference(operand))
    return `${said.label} ${predicate(said, operator, operand, condition.ignore_year === true, wording.currency)}`;
  const other = referenceWords(operand, wording);
  // The words stand where a number would; then they take its place.
  return `${said.label} ${predicate({family: "date"}, operator, "…", false).replace("…", other)}`;
}

function referenceWords(reference: Reference, wording: Wording): string {
  if (isStepReference(reference)) return `the ${fieldWords(reference.field, wording).label} of “${reference.step}”`;
  const subject = subjectOf(referencedSubject(reference));
  const field = wording.fields.find(subject);
  const name = Object.values(subject)[0] as string;
  const lookback = "lookback" in subject ? ` over ${subject.lookback}` : "";
  return `their ${field ? within(field.label, field.name) : name}${lookback}`;
}

function fieldWords(name: string, {fields}: Wording): Said & {label: string} {
  const field = fields.findEvent(name);
  if (!field) return {label: name.replace(/^properties\./, ""), family: "text"};
  return {label: within(field.label, name), family: familyOf(field.type), unit: field.unit};
}

function stepWords(step: Step, isFirst: boolean, referred: Set<string>, wording: Wording): string {
  return isNegated(step) ? negatedWords(step, wording) : positiveWords(step, isFirst, referred, wording);
}

function positiveWords(step: PositiveStep, isFirst: boolean, referred: Set<string>, wording: Wording): string {
  const {after_at_least: after, within: end} = step;
  const gap =
    after && end ? `${after} to ${end} later ` : after ? `at least ${after} later ` : end ? `within ${end} ` : "";
  const noun = eventWords(step.event, wording, true);
  const name = step.as !== undefined && referred.has(step.as) ? ` (“${step.as}”)` : "";
  const article = /^[aeiou]/i.test(noun) ? "an" : "a";
  return `${isFirst ? "" : gap}${article} ${noun}${name}${whereWords(step.where, wording)}`;
}

function negatedWords({no_event, where, within: end}: NegatedStep, wording: Wording): string {
  return `${end ? `for ${end} ` : ""}no ${eventWords(no_event, wording, true)}${whereWords(where, wording)}`;
}

function stepOf(condition: FieldCondition): string[] {
  const {operand} = fieldTestOf(condition);
  return isReference(operand) && isStepReference(operand) ? [operand.step] : [];
}
