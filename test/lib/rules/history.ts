import type {RuleContext} from "../../../lib/rules/dates.js";
import {eventTypes, fieldTestOf, isNegated, isReference, isStepReference, measureOf, type EventCondition, type FieldCondition, type SequenceCondition, type Step, type Where} from "../../../lib/rules/event.js"; // prettier-ignore
import {eventField} from "../../../lib/rules/eventField.js";
import {fieldOf, type Catalogue, type Field} from "../../../lib/rules/field.js";
import {isAudience, isEvent, isSequence, type AudienceCondition, type Rule} from "../../../lib/rules/rule.js";
import type {Condition, Operand, Test} from "../../../lib/rules/subject.js";
import {compare, dayOf, test, tree, type Profile, type Value} from "./oracle.js";

/** An event; `event_time` is UTC in text, properties stand under `properties.<name>`. */
export type Event = Record<string, Value> & {event_type: string; event_time: string};

/** Everything that rules ask of one person. */
export interface Person {
  profile: Profile;
  events: Event[];
  ranks: {metric: string; lookback: string; category: string; as_of: string; value: number | null; bucket: number | null}[]; // prettier-ignore
  stays: {audience_id: string; entered_at: string; left_at: string | null}[];
}

/** Whether a person is in, by brute force over all chains of their events. */
export function isIn(rule: Rule, person: Person, fields: Catalogue, context: RuleContext): boolean {
  const events = person.events
    .filter(({event_time}) => Date.parse(`${event_time}Z`) < +context.asOf)
    .map((event) => ({...event, event_date: dayOf(event.event_time, context.timeZone)}));
  const result = tree<Rule>(rule, (leaf) => {
    if (isEvent(leaf)) return eventCondition(leaf, events, person, fields, context);
    if (isSequence(leaf)) return sequence(leaf, events, person, fields, context);
    if (isAudience(leaf)) return membership(leaf, person, fields, context);
    const field = fieldOf(leaf as Condition, fields);
    return test(leaf as Condition, profileValue(field, person, fields, context), field.type, context);
  });
  return result ?? true;
}

function profileValue(field: Field, person: Person, {partitions = []}: Catalogue, context: RuleContext): Value {
  if (!field.at && !field.category) return person.profile[field.column] ?? null;
  const then = field.at ? moment(field.at, context) : +context.asOf;
  const asOf = field.at ? partitions.findLast((text) => Date.parse(text) <= then)! : context.asOf.toISOString();
  const rank = person.ranks.find(
    ({metric, lookback, category, as_of}) =>
      metric === field.name &&
      lookback === field.lookback &&
      category === (field.category ?? "*") &&
      Date.parse(as_of) === Date.parse(asOf)
  );
  return (field.kind === "decile" ? rank?.bucket : rank?.value) ?? null;
}

/** The end of a date, or a whole number of months before as-of, of which the local day is below 29 or as-of a month's end. */
function moment(at: string, {asOf, timeZone}: RuleContext): number {
  const local = (date: string) => {
    // The first instant of the local date, by search: no calendar of ours.
    let time = Date.parse(`${date}T00:00:00Z`) - 16 * 3600e3;
    while (dayOf(new Date(time).toISOString().slice(0, -1), timeZone) < date) time += 900e3;
    return time;
  };
  if (!at.endsWith("ago")) return local(new Date(Date.parse(at) + 864e5).toISOString().slice(0, 10));
  const today = dayOf(asOf.toISOString().slice(0, -1), timeZone);
  const offset = +asOf - local(today);
  const [count] = at.split(" ");
  const [y, m, d] = today.split("-").map(Number) as [number, number, number];
  const month = y * 12 + m - 1 - Number(count);
  const last = new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
  const day = new Date(Date.UTC(Math.floor(month / 12), month % 12, Math.min(d, last))).toISOString().slice(0, 10);
  return local(day) + offset;
}

type Taken = Map<string, Event>;

function matches(
  types: string | string[],
  where: Where | undefined,
  event: Event,
  person: Person,
  fields: Catalogue,
  context: RuleContext,
  taken: Taken = new Map()
): boolean {
  const wanted = eventTypes(types);
  if (!wanted.includes("*") && !wanted.includes(event.event_type)) return false;
  if (!where) return true;
  const result = tree<Where>(where, (leaf) => {
    const condition = leaf as FieldCondition;
    const {type} = eventField(condition.field, fields);
    const value = event[condition.field] ?? null;
    const {operator, operand} = fieldTestOf(condition);
    if (!isReference(operand)) return test(condition as Test, value, type, context);
    let other: Value;
    let otherType: string;
    if (isStepReference(operand)) {
      other = taken.get(operand.step)![operand.field] ?? null;
      otherType = eventField(operand.field, fields).type;
    } else {
      const field = fieldOf(
        typeof operand.profile === "string" ? {attribute: operand.profile} : operand.profile,
        fields
      );
      other = person.profile[field.column] ?? null;
      otherType = field.type;
    }
    const denied = operator === "is_not" || operator.startsWith("not_");
    if (value === null || other === null) return denied;
    const day = (v: Value, t: string) => (t === "timestamp" ? dayOf(v as string, context.timeZone) : v!);
    return test({[operator]: day(other, otherType) as Operand}, day(value, type), type === "timestamp" ? "date" : type, context); // prettier-ignore
  });
  return result ?? true;
}

function eventCondition(
  rule: EventCondition,
  events: Event[],
  person: Person,
  fields: Catalogue,
  context: RuleContext
): boolean {
  // prettier-ignore
  const found = events.filter(
    (event) =>
      matches(rule.event, rule.where, event, person, fields, context) &&
      (!rule.time || test(rule.time, event.event_time, "timestamp", context))
  );
  const measured = measureOf(rule);
  const operator = Object.keys(rule).find((key) => !["event", "where", "time", measured?.measure, "ignore_year"].includes(key)); // prettier-ignore
  if (!measured) {
    if (!operator) return found.length > 0;
    if (operator === "exists") return found.length > 0 === rule.exists;
    return test(rule, found.length, "integer", context);
  }
  const {type} = eventField(measured.field, fields);
  const values = found.map((event) => event[measured.field] ?? null).filter((value) => value !== null);
  const sum = (values as number[]).reduce((total, value) => total + value, 0);
  const sorted = [...values].sort(compare);
  const known = found
    .filter((event) => (event[measured.field] ?? null) !== null)
    .sort((a, b) => compare(a.event_time, b.event_time) || compare(a[measured.field]!, b[measured.field]!));
  const value = {
    sum: () => sum,
    average: () => (values.length > 0 ? sum / values.length : null),
    distinct: () => new Set(values).size,
    min: () => sorted[0] ?? null,
    max: () => sorted.at(-1) ?? null,
    first: () => known[0]?.[measured.field] ?? null,
    last: () => known.at(-1)?.[measured.field] ?? null
  }[measured.measure]();
  return test(rule, value, ["sum", "average", "distinct"].includes(measured.measure) ? "number" : type, context);
}

/** Tries every chain of events. */
function sequence(
  rule: SequenceCondition,
  events: Event[],
  person: Person,
  fields: Catalogue,
  context: RuleContext
): boolean {
  // prettier-ignore
  const at = (event: Event) => Date.parse(`${event.event_time}Z`);
  const match = (step: Step, event: Event, taken: Taken) =>
    matches(isNegated(step) ? step.no_event : step.event, step.where, event, person, fields, context, taken);
  const search = (index: number, last: Event | undefined, taken: Taken): boolean => {
    const between: Step[] = [];
    let next = index;
    while (next < rule.sequence.length && isNegated(rule.sequence[next]!)) between.push(rule.sequence[next++]!);
    const step = rule.sequence[next];
    if (!step) {
      return between.every((negated) => {
        const end = negated.within ? at(last!) + length(negated.within) : Infinity;
        if (negated.within && end >= +context.asOf) return false;
        return !events.some((event) => at(event) > at(last!) && at(event) <= end && match(negated, event, taken));
      });
    }
    if (isNegated(step)) throw new Error("not positive");
    return events.some((event) => {
      if (rule.time && !test(rule.time, event.event_time, "timestamp", context)) return false;
      if (last) {
        const gap = at(event) - at(last);
        if (gap <= 0) return false;
        if (step.after_at_least && gap < length(step.after_at_least)) return false;
        if (step.within && gap > length(step.within)) return false;
        const isBroken = between.some((negated) =>
          events.some(
            (other) =>
              at(other) > at(last) &&
              at(other) < at(event) &&
              (!negated.within || at(other) <= at(last) + length(negated.within)) &&
              match(negated, other, taken)
          )
        );
        if (isBroken) return false;
      }
      if (!match(step, event, taken)) return false;
      return search(next + 1, event, step.as ? new Map([...taken, [step.as, event]]) : taken);
    });
  };
  return search(0, undefined, new Map());
}

function membership(
  {audience, membership = "now", within}: AudienceCondition,
  person: Person,
  fields: Catalogue,
  context: RuleContext
): boolean {
  // prettier-ignore
  const known = fields.audiences!.find(({id}) => id === audience)!;
  if (membership === "now" && !within && known.rule) return isIn(known.rule, person, fields, context);
  const time = (text: string) => Date.parse(`${text}Z`);
  const now = +context.asOf;
  const since = within ? now - length(within) : -Infinity;
  const stays = person.stays.filter(({audience_id, entered_at}) => audience_id === audience && time(entered_at) <= now);
  const open = stays.filter(({left_at}) => left_at === null || time(left_at) > now);
  const ever = stays.some((stay) => open.includes(stay) || time(stay.left_at!) >= since);
  switch (membership) {
    case "now":
      return open.some(({entered_at}) => time(entered_at) >= since);
    case "left":
      return open.length === 0 && stays.some(({left_at}) => time(left_at!) >= since);
    case "ever":
      return ever;
    case "never":
      return !ever;
  }
}

function length(span: string): number {
  const [count, unit] = span.split(" ");
  return Number(count) * {s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5}[unit![0] as "s"];
}
