import {addDays} from "../calendar.js";
import {suggest} from "../definitions/nearest.js";
import {familyName, operatorProblem, testProblem, type Tested} from "./checkTest.js";
import {instantRange, today} from "./dates.js";
import {eventTestOf, eventTypes, fieldTestOf, isNegated, isReference, isStepReference, measureOf, referencedSubject, type EventCondition, type EventTypes, type FieldCondition, type Measure, type Reference, type SequenceCondition, type Where} from "./event.js"; // prettier-ignore
import {eventField} from "./eventField.js";
import {fieldFamily, fieldOf, isElsewhere} from "./field.js";
import type {Checking, Finding} from "./finding.js";
import {familyOf, operators} from "./operators.js";
import {childrenOf, containerKind} from "./rule.js";
import {isClockSpan, parseSpan, spanSeconds} from "./span.js";
import {testOf, type Operand, type Test} from "./subject.js";

type Path = Finding["path"];

/** The steps before, which conditions may refer to. */
type Named = ReadonlySet<string>;

const nobody: Named = new Set();
const numeric: ReadonlySet<Measure> = new Set(["sum", "average"]);

/** Checks a condition on events: their types, fields, time, measure and test. */
export function checkEvent(condition: EventCondition, path: Path, checking: Checking): void {
  const {fields, context, report} = checking;
  const types = checkTypes(condition.event, [...path, "event"], checking);
  if (condition.where) checkWhere(condition.where, types, [...path, "where"], nobody, checking);
  if (condition.time) checkTime(condition.time, [...path, "time"], checking);
  const measured = measureOf(condition);
  const {operator, operand} = eventTestOf(condition);
  if (!measured) {
    const tested: Tested = {label: "the number of events", family: "number", type: "integer"};
    const problem = testProblem(tested, operator, operand, condition.ignore_year === true, fields, context);
    if (problem) report("error", [...path, operator], problem);
    const counts = operator === "exists" ? [] : [operand].flat();
    const odd = counts.find((count) => typeof count === "number" && (count < 0 || !Number.isInteger(count)));
    if (!problem && odd !== undefined)
      report("warning", [...path, operator], `there are never ${odd} events: counts are whole`);
    return;
  }
  const {measure, field} = measured;
  const found = checkField(field, types, [...path, measure], checking);
  if (!found) return;
  if (numeric.has(measure) && familyOf(found.type) !== "number") {
    return report(
      "error",
      [...path, measure],
      `${measure} of ${found.label}: it is ${familyName(familyOf(found.type))}, not a number`
    );
  }
  if (familyOf(found.type) === "boolean" && measure !== "distinct" && measure !== "first" && measure !== "last") {
    return report("error", [...path, measure], `${measure} of ${found.label}: true or false have no order`);
  }
  const isNumber = numeric.has(measure) || measure === "distinct";
  const type = isNumber ? "number" : found.type;
  const tested: Tested = {label: `${measure} of ${found.label}`, family: familyOf(type), type};
  if (operator === "exists" && (measure === "sum" || measure === "distinct")) {
    return report(
      "error",
      [...path, operator],
      `${tested.label} is always known: leave ${measure} out to ask for any events`
    );
  }
  const problem = testProblem(tested, operator, operand, condition.ignore_year === true, fields, context);
  if (problem) report("error", [...path, operator], problem);
}

/** Checks a sequence: its steps, their windows and what they refer to. */
export function checkSequence({sequence, time}: SequenceCondition, path: Path, checking: Checking): void {
  const {report} = checking;
  if (time) checkTime(time, [...path, "time"], checking);
  const named = new Set<string>();
  sequence.forEach((step, i) => {
    const at = [...path, "sequence", i];
    const types = checkTypes(isNegated(step) ? step.no_event : step.event, [...at, isNegated(step) ? "no_event" : "event"], checking); // prettier-ignore
    if (step.where) checkWhere(step.where, types, [...at, "where"], named, checking);
    const within = checkWindow(step.within, [...at, "within"], checking);
    if (isNegated(step)) {
      if (i === 0)
        report("error", at, "a sequence begins with an event that happens: put it into none, or a step before it");
      return;
    }
    const after = checkWindow(step.after_at_least, [...at, "after_at_least"], checking);
    if (i === 0 && (step.within || step.after_at_least)) {
      report("error", [...at, step.within ? "within" : "after_at_least"], "counts from the step before: the first has none; say when by time"); // prettier-ignore
    }
    if (within && after && after > within) {
      report(
        "error",
        [...at, "within"],
        `impossible: at least ${step.after_at_least} after, yet within ${step.within}`
      );
    }
    if (step.as === undefined) return;
    if (named.has(step.as)) report("error", [...at, "as"], `two steps are called "${step.as}"`);
    named.add(step.as);
  });
}

function checkTypes(types: EventTypes, path: Path, {fields, report}: Checking): string[] {
  const known = fields.eventTypes;
  const names = eventTypes(types);
  if (!known) return names;
  for (const name of names) {
    if (name === "*" || known.some((type) => type.name === name)) continue;
    const hint = suggest(name, known.map((type) => type.name)); // prettier-ignore
    report(
      "error",
      path,
      `no events of type "${name}"${hint || `: there are ${known.map((type) => type.name).join(", ")}`}`
    );
  }
  return names;
}

function checkField(name: string, types: string[], path: Path, {fields, report}: Checking) {
  let field;
  try {
    field = eventField(name, fields);
  } catch (error) {
    report("error", path, (error as Error).message);
    return undefined;
  }
  if (field.types && !types.includes("*") && !types.some((type) => field.types!.includes(type))) {
    report("warning", path, `${field.label}: ${types.join(" and ")} events have none; ${field.types.join(", ")} have`);
  }
  if (field.mixed) {
    report("warning", path, `${field.label} is declared as ${field.mixed.join(" and ")} by different sources, and compared as ${field.type}`); // prettier-ignore
  }
  return field;
}

function checkWhere(where: Where, types: string[], path: Path, named: Named, checking: Checking): void {
  const kind = containerKind(where);
  if (kind) {
    childrenOf(where).forEach((part, i) => checkWhere(part, types, [...path, kind, i], named, checking));
    return;
  }
  const {fields, context, report} = checking;
  const condition = where as FieldCondition;
  const field = checkField(condition.field, types, [...path, "field"], checking);
  if (!field) return;
  const tested = {...field, family: familyOf(field.type)};
  const {operator, operand} = fieldTestOf(condition);
  const problem = isReference(operand)
    ? (operatorProblem(tested, operator) ?? referenceProblem(tested, operand, condition, named, checking))
    : testProblem(tested, operator, operand as Operand, condition.ignore_year === true, fields, context);
  if (problem) report("error", [...path, operator], problem);
}

function referenceProblem(
  tested: Tested,
  reference: Reference,
  condition: FieldCondition,
  named: Named,
  {fields}: Checking
): string | undefined {
  if (condition.ignore_year) return `${tested.label}: ignore_year does not fit a comparison with another field`;
  const mismatch = (label: string, family: Tested["family"]) =>
    family === tested.family ? undefined : `${tested.label} (${familyName(tested.family)}) does not compare with ${label} (${familyName(family)})`; // prettier-ignore
  try {
    if (isStepReference(reference)) {
      if (!named.has(reference.step)) {
        const hint =
          suggest(reference.step, named) ||
          (named.size > 0 ? `: there are ${[...named].join(", ")}` : ": give an earlier step a name, as");
        return `no earlier step is called "${reference.step}"${hint}`;
      }
      const {label, type} = eventField(reference.field, fields);
      return mismatch(label, familyOf(type));
    }
    const field = fieldOf(referencedSubject(reference), fields);
    if (isElsewhere(field)) return `${field.label} at another time or within a category does not compare with events: ask for it in a condition of its own`; // prettier-ignore
    const family = fieldFamily(field);
    return mismatch(field.label, family === "decile" ? "number" : family);
  } catch (error) {
    return (error as Error).message;
  }
}

function checkTime(time: Test, path: Path, {fields, context, report}: Checking): void {
  const {operator, operand} = testOf(time);
  const tested: Tested = {label: "Time", family: "date", type: "timestamp"};
  const problem = testProblem(tested, operator, operand, time.ignore_year === true, fields, context);
  if (problem) return report("error", [...path, operator], problem);
  const {earliest} = fields;
  const isRange = !["exists", "in", "is_not", "not_in", "not_in_last", "in_file", "not_in_file"].includes(operator);
  if (!earliest || time.ignore_year || !isRange) return;
  const {from, to} = instantRange(operator, operand, context);
  const begin = new Date(`${earliest}T00:00:00Z`);
  const day = 86_400_000;
  if (to && +to < +begin - day) {
    report("error", [...path, operator], `nothing is kept from then: the earliest event is of ${earliest}`);
  } else if (from && +from < +begin - day && (operators[operator].operand === "span" || operator === "rolling")) {
    const kept = `${Math.round((Date.parse(addDays(today(context), 1)) - +begin) / day)} days`;
    report("warning", [...path, operator], `reaches back further than the data: the earliest event is of ${earliest}, ${kept} ago`); // prettier-ignore
  }
}

/** The seconds of a window between steps; undefined where there is none or it is none. */
function checkWindow(text: string | undefined, path: Path, {report}: Checking): number | undefined {
  if (text === undefined) return undefined;
  const span = parseSpan(text);
  if (!span) report("error", path, `not a span of time: ${JSON.stringify(text)}: "24 hours", "7 days"`);
  else if (!spanSeconds(span) && !isClockSpan(span)) {
    report("error", path, `months and years differ in length: ${JSON.stringify(text)}: use days`);
  }
  return span && spanSeconds(span);
}
