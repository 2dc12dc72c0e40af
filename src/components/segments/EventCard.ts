import {html} from "htl";
import type {Place} from "../../lib/rules/edit.js";
import {
  eventTestOf,
  measureOf,
  measures,
  type EventCondition,
  type EventTypes as Types,
  type Measure,
  type Where
} from "../../lib/rules/event.js";
import {familyOf, operatorNames, operatorsOf, type Operator} from "../../lib/rules/operators.js";
import type {Test} from "../../lib/rules/subject.js";
import type {EventField} from "../../lib/rules/surroundings.js";
import type {Builder} from "./builder.js";
import {Card} from "./Card.js";
import {eventNames, fieldsOfEvents} from "./eventNames.js";
import {EventTypes} from "./EventTypes.js";
import {eventProfileField, testWith, type ProfileField} from "./fields.js";
import {Filters} from "./Filters.js";
import {Select} from "./Select.js";
import {nodeSlot, partSlot, withPart, type Slot} from "./slot.js";
import {TestEditor} from "./TestEditor.js";
import {TimeRule} from "./TimeRule.js";
import {isUnpublishedEvent} from "./unpublished.js";

/** A condition on a customer's events: of which type, how many or how much, when, and where which fields say what. */
export function EventCard(builder: Builder, condition: EventCondition, place: Place): HTMLElement {
  const {store, known} = builder;
  const slot = nodeSlot<EventCondition>(store, place);
  const types = EventTypes(builder, condition.event, "first", (event, focus) =>
    slot.set({...slot.get(), event}, "structure", focus)
  );
  const where = partSlot<EventCondition, Where | undefined>(slot, (event) => event.where, (event, next) => withPart(event, "where", next)); // prettier-ignore
  const time = partSlot<EventCondition, Test | undefined>(slot, (event) => event.time, (event, next) => withPart(event, "time", next)); // prettier-ignore
  return Card(builder, {
    place,
    title: eventNames(condition.event, known),
    kind: "event",
    isUnpublished: isUnpublishedEvent(condition, known),
    head: types,
    body: html.fragment`${HowMuch(builder, slot)}
      ${TimeRule(builder, time)}
      ${Filters(builder, where, {types: condition.event})}`
  });
}

const countNames: Partial<Record<Operator, string>> = {
  at_least: "at least",
  at_most: "at most",
  is: "exactly",
  between: "between",
  more_than: "more than",
  less_than: "fewer than",
  exists: "never"
};

const measureNames: Record<Measure, string> = {
  sum: "sum of",
  average: "average of",
  min: "least",
  max: "greatest",
  distinct: "different values of",
  first: "first",
  last: "last"
};

/** How often it happened, or a measure of a field, compared with a value. */
function HowMuch(builder: Builder, slot: Slot<EventCondition>): HTMLElement {
  const condition = slot.get();
  const measured = measureOf(condition);
  const fields = fieldsOfEvents(condition.event, builder.known);
  const kind = Select(
    "Count or measure",
    [["", "happened"], ...measures.map((name) => [name, measureNames[name]] as const)],
    measured?.measure ?? "",
    (next) => slot.set(withMeasure(slot.get(), next as Measure | "", fields, builder), "structure", "measure"),
    "measure"
  );
  if (!measured) {
    return html`<div class="event-line">${kind}${Count(builder, slot)}</div>`;
  }
  const field = fields.find(({name}) => name === measured.field);
  const possible = fields.filter((one) => fits(measured.measure, one));
  const listed = field && !possible.includes(field) ? [field, ...possible] : possible;
  const which = Select(
    "Measured field",
    field ? listed.map(({name, label}) => [name, label]) : [[measured.field, measured.field], ...listed.map(({name, label}) => [name, label] as const)], // prettier-ignore
    measured.field,
    (next) => slot.set(withMeasure(slot.get(), measured.measure, [fields.find(({name}) => name === next)!], builder), "structure", "measured"), // prettier-ignore
    "measured"
  );
  const profile = measuredField(measured.measure, field, builder, condition.event);
  const {select, control} = TestEditor(testSlot(slot), {
    field: profile,
    label: `${measureNames[measured.measure]} ${profile.label}`,
    operators: operatorsOf(familyOf(profile.type)).filter((name) => name !== "exists"),
    focus: "operator"
  });
  return html`<div class="event-line">${kind}${which}${select}${control}</div>`;
}

function Count({asOf}: Builder, slot: Slot<EventCondition>): HTMLElement {
  const test = partSlot<EventCondition, Test>(
    testSlot(slot) as unknown as Slot<EventCondition>,
    (present) => (operatorOf(present) ? (present as Test) : {at_least: 1}),
    (_, next) => next as unknown as EventCondition
  );
  const field = {...eventProfileField({name: "count", label: "How often", type: "integer"}, asOf), quantiles: []};
  const {operator} = eventTestOf(slot.get());
  const choose = Select(
    "How often",
    Object.entries(countNames),
    operator,
    (next) => test.set(countTest(next as Operator, slot.get()), "structure", "count"),
    "count"
  );
  if (operator === "exists") return html`<span class="pair">${choose}</span>`;
  const {control} = TestEditor(test, {field, label: "How often", operators: [], focus: "count"});
  return html`<span class="pair">${choose}${control}<span>times</span></span>`;
}

function countTest(operator: Operator, condition: EventCondition): Test {
  if (operator === "exists") return {exists: false};
  const {operand} = eventTestOf(condition);
  const number = [operand].flat().find((value) => typeof value === "number") ?? 1;
  return operator === "between" ? {between: [number, Math.max(number, 3)]} : {[operator]: number};
}

/** The operator and operand of an event condition, as a part of it. */
function testSlot(slot: Slot<EventCondition>): Slot<Test> {
  return partSlot<EventCondition, Test>(slot, testPart, (condition, next) => ({...withoutTest(condition), ...next}));
}

function testPart(condition: EventCondition): Test {
  const operator = operatorOf(condition);
  const {ignore_year: isYearly} = condition;
  return operator ? {[operator]: condition[operator], ...(isYearly && {ignore_year: true})} : {};
}

function withoutTest(condition: EventCondition): EventCondition {
  const entries = Object.entries(condition).filter(([key]) => key !== "ignore_year" && !operatorNames.includes(key as Operator)); // prettier-ignore
  return Object.fromEntries(entries) as unknown as EventCondition;
}

function operatorOf(test: Test): Operator | undefined {
  return operatorNames.find((name) => test[name] !== undefined);
}

function withMeasure(
  condition: EventCondition,
  measure: Measure | "",
  fields: EventField[],
  builder: Builder
): EventCondition {
  const {event, where, time} = condition;
  const plain = {event, ...(where && {where}), ...(time && {time})};
  if (measure === "") return plain;
  const before = measureOf(condition)?.field;
  const possible = fields.filter((field) => fits(measure, field));
  const field = possible.find(({name}) => name === before) ?? possible.find(({name}) => name === preferred(measure)) ?? possible[0]; // prettier-ignore
  if (!field) return plain;
  const profile = measuredField(measure, field, builder, event);
  const operator = familyOf(profile.type) === "date" ? "in_last" : familyOf(profile.type) === "number" ? "at_least" : "is"; // prettier-ignore
  return {...plain, [measure]: field.name, ...testWith(profile, operator)};
}

function preferred(measure: Measure): string {
  return measure === "first" || measure === "last" ? "event_time" : "value";
}

/** What a measure gives: a number where it adds or counts, else a value of the field. */
function measuredField(
  measure: Measure,
  field: EventField | undefined,
  {asOf, events}: Builder,
  types: Types
): ProfileField {
  const known = field ?? {name: "value", label: "value", type: "number" as const};
  const {unit: _, ...plain} = known;
  const label = `${measureNames[measure]} ${known.label}`;
  if (measure === "distinct") return eventProfileField({...plain, label, type: "number"}, asOf);
  if (measure === "sum" || measure === "average") return eventProfileField({...known, label, type: "number"}, asOf);
  return eventProfileField({...known, label}, asOf, events.spread(types, known.name));
}

function fits(measure: Measure, {type}: EventField): boolean {
  const family = familyOf(type);
  if (measure === "sum" || measure === "average") return family === "number";
  if (measure === "min" || measure === "max") return family === "number" || family === "date";
  return true;
}
