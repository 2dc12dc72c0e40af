import {operatorNames, type Operator} from "./operators.js";
import type {Operand, Subject, Test} from "./subject.js";

/** An event type, several, or "*" for every type. */
export type EventTypes = string | string[];

/**
 * The events of a profile, counted (without a measure) or measured, against a value: `{event: commerce.purchase, where:
 * …, time: {in_last: 30 days}, sum: value, more_than: 100}`. Without measure and operator: at least one.
 */
export type EventCondition = {event: EventTypes; where?: Where; time?: Test} & {[M in Measure]?: string} & Test;

/** Measures of the matching events, each of one of their fields. */
export const measures = ["sum", "average", "min", "max", "distinct", "first", "last"] as const;

export type Measure = (typeof measures)[number];

/** A tree of conditions on the fields of one event. */
export type Where = ({all: Where[]} | {any: Where[]} | {none: Where[]} | FieldCondition) & {name?: string};

/** A field of the event and one operator: `{field: properties.sku, is: A1}`. */
export type FieldCondition = {field: string} & {[O in Operator]?: Operand | Reference} & {ignore_year?: boolean};

/** An operand that is looked up: a field of the profile, or of the event that an earlier step of the sequence took. */
export type Reference = ProfileReference | StepReference;

export interface ProfileReference {
  /** An attribute's name, or a subject: `{metric: spend, lookback: 12 months}`. */
  profile: string | Subject;
}

export interface StepReference {
  step: string;
  field: string;
}

/**
 * Steps in the order of time. Holds where some events of the profile, one per step and strictly rising in time, satisfy
 * every step; `time` is when these events happened.
 */
export interface SequenceCondition {
  sequence: Step[];
  time?: Test;
}

export type Step = PositiveStep | NegatedStep;

/** An event that must happen; its windows count from the positive step before it, bounds included. */
export interface PositiveStep {
  event: EventTypes;
  where?: Where;
  /** The name by which later steps refer to it. */
  as?: string;
  after_at_least?: string;
  within?: string;
}

/**
 * An event that must not happen: between the steps around it, or after the last one until as-of. `within` shortens that
 * to a span after the step before it; after the last step it must have passed by as-of.
 */
export interface NegatedStep {
  no_event: EventTypes;
  where?: Where;
  within?: string;
}

/** What an event condition measures, and of which field; undefined where it counts. */
export function measureOf(condition: EventCondition): {measure: Measure; field: string} | undefined {
  const measure = measures.find((name) => condition[name] !== undefined);
  return measure && {measure, field: condition[measure]!};
}

/** The operator of an event condition and its operand: at least one event where it names none. */
export function eventTestOf(condition: EventCondition): {operator: Operator; operand: Operand} {
  const operator = operatorNames.find((name) => condition[name] !== undefined);
  return operator ? {operator, operand: condition[operator]!} : {operator: "at_least", operand: 1};
}

/** The operator of a condition on an event's field, and what it compares with. */
export function fieldTestOf(condition: FieldCondition): {operator: Operator; operand: Operand | Reference} {
  const operator = operatorNames.find((name) => condition[name] !== undefined)!;
  return {operator, operand: condition[operator]!};
}

/** The event types as a list. */
export function eventTypes(types: EventTypes): string[] {
  return Array.isArray(types) ? types : [types];
}

export function isReference(operand: Operand | Reference): operand is Reference {
  return typeof operand === "object" && !Array.isArray(operand);
}

export function isStepReference(reference: Reference): reference is StepReference {
  return "step" in reference;
}

export function isNegated(step: Step): step is NegatedStep {
  return "no_event" in step;
}

/** A profile reference's subject. */
export function referencedSubject({profile}: ProfileReference): Subject {
  return typeof profile === "string" ? {attribute: profile} : profile;
}
