import {
  eventTypes,
  fieldTestOf,
  isNegated,
  isReference,
  isStepReference,
  type EventTypes,
  type FieldCondition,
  type PositiveStep,
  type Step,
  type StepReference,
  type Where
} from "./event.js";
import {both} from "./logic.js";
import {typeFilter} from "./measure.js";
import type {ProfileTable} from "./pass.js";
import {childrenOf, containerKind} from "./rule.js";
import type {Test} from "./subject.js";
import {comparable} from "./test.js";
import {columnOf, compileTime, compileWhere, eventTarget, fieldConditions, readsProfile, type EventContext} from "./where.js"; // prettier-ignore

/** The events that may be the last of a chain so far: `k`, `t`, and the fields carried along, `c0`, `c1`, … */
export interface Chain {
  name: string;
  captures: Capture[];
}

/** A field of the event that a named step took. */
export type Capture = StepReference;

export interface Source {
  context: EventContext;
  profiles: ProfileTable;
  /** When the events of positive steps happened. */
  time?: Test;
  /** The one profile to look at, as SQL. */
  only?: string;
}

interface Wanted {
  time?: Test;
  /** The step itself and what is carried on from it. */
  step?: PositiveStep;
  captures: Capture[];
  /** The chain that the step follows. */
  chain?: Chain;
}

/** The fields that steps after one refer to, of that step and those before it. */
export function stepCaptures(sequence: readonly Step[], index: number): Capture[] {
  const taken = new Set(sequence.slice(0, index + 1).map((step) => (isNegated(step) ? undefined : step.as)));
  const referred = sequence.slice(index + 1).flatMap(({where}) => fieldConditions(where).flatMap(stepReference));
  const captures = new Map(
    referred.filter(({step}) => taken.has(step)).map((c) => [JSON.stringify([c.step, c.field]), c])
  );
  return [...captures.values()];
}

/**
 * How a step's conditions meet the fields that a chain carries: by equality, `x0`, `x1`, … of the events beside
 * captures, or otherwise.
 */
export function bindings(
  where: Where | undefined,
  {captures}: Pick<Chain, "captures">
): {equal: {field: string; at: number}[]; rest: Where[]; plain: Where[]} {
  const parts = conjuncts(where).map((part) => {
    if (fieldConditions(part).flatMap(stepReference).length === 0) return {plain: part};
    if (containerKind(part)) return {rest: part};
    const {operator, operand} = fieldTestOf(part as FieldCondition);
    const reference = operand as StepReference;
    const at = captures.findIndex(({step, field}) => step === reference.step && field === reference.field);
    return operator === "is" ? {equal: {field: (part as FieldCondition).field, at}} : {rest: part};
  });
  return {
    equal: parts.flatMap(({equal}) => equal ?? []),
    rest: parts.flatMap(({rest}) => rest ?? []),
    plain: parts.flatMap(({plain}) => plain ?? [])
  };
}

/**
 * SQL of a step's events: `k`, `t`, `x…` to be compared by equality, `f…` to be carried on, and `r…` that the residual
 * condition over `a` (the event) and `s` (the chain) compares.
 */
export function eventsOfStep(types: EventTypes, where: Where | undefined, source: Source, wanted: Wanted) {
  const {context, profiles, only} = source;
  const {equal, rest, plain} = bindings(where, wanted.chain ?? {captures: []});
  const e = "e";
  const key = `${e}.${context.events.key}`;
  const time = columnOf(context.events, "event_time", e);
  const compared = (field: string) => comparable(eventTarget(field, e, context), context);
  const own = wanted.captures.filter(({step}) => step === wanted.step?.as);
  const columns = [
    `${key} as k`,
    `${time} as t`,
    ...equal.map(({field}, i) => `${compared(field)} as x${i}`),
    ...own.map(({field}, i) => `${compared(field)} as f${i}`)
  ];
  const residual = rest.length > 0 ? residualSql() : undefined;
  const kept = [
    `${time} < ${context.parameters.instant(context.asOf)}`,
    only ? `${key} = ${only}` : `${key} is not null`,
    typeFilter(eventTypes(types), e, context),
    // Nothing equals a missing value; the ASOF joins of some engines think otherwise.
    ...equal.map(({field}) => `${compared(field)} is not null`),
    compileTime(wanted.time, e, context),
    compileWhere({all: plain}, e, context)
  ].filter((part) => part !== "true");
  const joined = readsProfile(where) ? ` left join ${profiles.table} as p on p.${profiles.key} = ${key}` : "";
  return {
    sql: `select ${columns.join(", ")} from ${context.events.table} as ${e}${joined} where ${kept.join(" and ")}`,
    residual,
    fields: (capture: Capture) => `f${own.findIndex(({field}) => field === capture.field)}`
  };

  /** Conditions on raw columns of the event, which stand as `r0`, `r1`, … in what is joined. */
  function residualSql(): string {
    const places = new Map<string, string>();
    const column = (name: string) => {
      const raw = columnOf(context.events, name, e);
      if (!places.has(raw)) {
        places.set(raw, `r${places.size}`);
        columns.push(`${raw} as ${places.get(raw)}`);
      }
      return `a.${places.get(raw)}`;
    };
    const options = {
      ...context.options,
      column: (field: Parameters<NonNullable<typeof context.options.column>>[0]) => {
        const raw = context.options.column!(field);
        if (!places.has(raw)) {
          places.set(raw, `r${places.size}`);
          columns.push(`${raw} as ${places.get(raw)}`);
        }
        return `a.${places.get(raw)}`;
      }
    };
    const {captures} = wanted.chain!;
    const step = (name: string, field: string) =>
      `s.c${captures.findIndex((capture) => capture.step === name && capture.field === field)}`;
    return both([compileWhere({all: rest}, "a", {...context, options, events: {...context.events, column}, step})]);
  }
}

function conjuncts(where: Where | undefined): Where[] {
  if (!where) return [];
  return containerKind(where) === "all" ? childrenOf(where).flatMap(conjuncts) : [where];
}

function stepReference(condition: FieldCondition): StepReference[] {
  const {operand} = fieldTestOf(condition);
  return isReference(operand) && isStepReference(operand) ? [operand] : [];
}
