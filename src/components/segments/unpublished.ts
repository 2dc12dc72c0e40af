import {eventTypes, fieldTestOf, isReference, isStepReference, measureOf, referencedSubject, type EventCondition, type FieldCondition, type SequenceCondition, type Where} from "../../lib/rules/event.js"; // prettier-ignore
import {isElsewhere, type Catalogue} from "../../lib/rules/field.js";
import {inlinedRule} from "../../lib/rules/slots.js";
import {childrenOf, containerKind, isAudience, isCondition, isEvent, isSequence, type Rule} from "../../lib/rules/rule.js"; // prettier-ignore
import type {Condition, Subject, Test} from "../../lib/rules/subject.js";

/**
 * Whether a rule names something that the published site does not have, so that only the warehouse can count it: fields
 * and events that are not published, other times, past memberships, files of values.
 */
export function isUnpublished(rule: Rule, known: Catalogue): boolean {
  if (containerKind(rule)) return childrenOf(rule).some((child) => isUnpublished(child, known));
  if (isEvent(rule)) return isUnpublishedEvent(rule, known);
  if (isSequence(rule)) return isUnpublishedSequence(rule, known);
  if (isAudience(rule)) {
    const inlined = inlinedRule(rule, known);
    return !inlined || isUnpublished(inlined, known);
  }
  if (!isCondition(rule)) return false;
  return isFile(rule) || isUnpublishedSubject(rule, known);
}

function isFile({in_file, not_in_file}: Test | FieldCondition = {}): boolean {
  return in_file !== undefined || not_in_file !== undefined;
}

/** A field that vanished is the check's to report. */
function isUnpublishedSubject(subject: Condition | Subject, known: Catalogue): boolean {
  const field = known.find(subject);
  return field !== undefined && (field.published === false || isElsewhere(field));
}

export function isUnpublishedEvent(condition: EventCondition, known: Catalogue): boolean {
  const measured = measureOf(condition);
  return (
    isFile(condition) ||
    isFile(condition.time) ||
    isUnpublishedType(condition.event, known) ||
    (measured !== undefined && known.findEvent(measured.field)?.published === false) ||
    isUnpublishedWhere(condition.where, known)
  );
}

export function isUnpublishedSequence({sequence, time}: SequenceCondition, known: Catalogue): boolean {
  if (isFile(time)) return true;
  return sequence.some(
    (step) =>
      isUnpublishedType("event" in step ? step.event : step.no_event, known) || isUnpublishedWhere(step.where, known)
  );
}

function isUnpublishedType(types: EventCondition["event"], {eventTypes: known = []}: Catalogue): boolean {
  const published = known.filter((type) => type.published !== false);
  return eventTypes(types).some((type) =>
    type === "*" ? published.length < known.length : !published.some(({name}) => name === type)
  );
}

function isUnpublishedWhere(where: Where | undefined, known: Catalogue): boolean {
  if (!where) return false;
  if (containerKind(where)) return childrenOf(where).some((child) => isUnpublishedWhere(child, known));
  const condition = where as FieldCondition;
  if (known.findEvent(condition.field)?.published === false) return true;
  const {operand} = fieldTestOf(condition);
  if (!isReference(operand)) return isFile(condition);
  return !isStepReference(operand) && isUnpublishedSubject(referencedSubject(operand), known);
}
