import {isEvent} from "../../lib/rules/rule.js";
import {eventTestOf, isNegated, isReference, isStepReference, measureOf, type EventTypes, type FieldCondition, type PositiveStep, type SequenceCondition, type Step, type Where} from "../../lib/rules/event.js"; // prettier-ignore
import {operatorNames} from "../../lib/rules/operators.js";
import {childrenOf, containerKind, type Rule} from "../../lib/rules/rule.js";
import {withPart} from "./slot.js";

/** The event types of a step. */
export function typesOf(step: Step): EventTypes {
  return isNegated(step) ? step.no_event : step.event;
}

/** What has to happen must not, and the other way round; spans and filters stay where they have a meaning. */
export function negateStep(step: Step): Step {
  const {where, within} = step;
  const rest = {...(where && {where}), ...(within !== undefined && {within})};
  return isNegated(step) ? {event: step.no_event, ...rest} : {no_event: step.event, ...rest};
}

/** The step that says what an event condition says, where one can: of counts and measures only "at least once". */
export function stepOf(rule: Rule): Step | undefined {
  if (!isEvent(rule) || measureOf(rule) || rule.time) return undefined;
  const {operator, operand} = eventTestOf(rule);
  const where = rule.where && {where: rule.where};
  if (operator === "at_least" && operand === 1) return {event: rule.event, ...where};
  return operator === "exists" && operand === false ? {no_event: rule.event, ...where} : undefined;
}

/** The event condition that a step on its own says. */
export function conditionOf(step: Step): Rule {
  const where = step.where && {where: step.where};
  return isNegated(step) ? {event: step.no_event, ...where, exists: false} : {event: step.event, ...where};
}

/** The sequence with a step put in; the first step has nothing before it to count from. */
export function insertStep(sequence: SequenceCondition, index: number, step: Step): SequenceCondition {
  return named(sequence, [...sequence.sequence.slice(0, index), step, ...sequence.sequence.slice(index)]);
}

/** The sequence without a step; undefined where none is left. */
export function removeStep(sequence: SequenceCondition, index: number): SequenceCondition | undefined {
  const steps = sequence.sequence.filter((_, i) => i !== index);
  return steps.length === 0 ? undefined : named(sequence, steps);
}

export function replaceStep(sequence: SequenceCondition, index: number, step: Step): SequenceCondition {
  return named(
    sequence,
    sequence.sequence.map((old, i) => (i === index ? step : old))
  );
}

/** A step moved to stand before the one at `to`. */
export function moveStep(sequence: SequenceCondition, from: number, to: number): SequenceCondition {
  const steps = sequence.sequence.filter((_, i) => i !== from);
  steps.splice(to > from ? to - 1 : to, 0, sequence.sequence[from]!);
  return named(sequence, steps);
}

/** The name of a step that later ones may refer to: its own, or the one it is given when somebody does. */
export function stepName(step: PositiveStep, index: number): string {
  return step.as ?? `step_${index + 1}`;
}

/** Gives the steps that are referred to by the name they would have that name; the first step loses its windows. */
function named(sequence: SequenceCondition, steps: Step[]): SequenceCondition {
  const wanted = new Set(steps.flatMap(({where}) => referredTo(where)));
  const first = steps.findIndex((step) => !isNegated(step));
  return {
    ...sequence,
    sequence: steps.map((step, i) => {
      if (isNegated(step)) return step;
      const plain = i === first ? withPart(withPart(step, "after_at_least", undefined), "within", undefined) : step;
      const name = stepName(plain, i);
      return plain.as === undefined && wanted.has(name) ? {...plain, as: name} : plain;
    })
  };
}

function referredTo(where: Where | undefined): string[] {
  if (!where) return [];
  if (containerKind(where)) return childrenOf(where).flatMap(referredTo);
  const operator = operatorNames.find((name) => (where as FieldCondition)[name] !== undefined);
  const operand = operator && (where as FieldCondition)[operator];
  return operand !== undefined && isReference(operand) && isStepReference(operand) ? [operand.step] : [];
}
