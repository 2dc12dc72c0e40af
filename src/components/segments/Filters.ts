import {html} from "htl";
import {nodeAt, replaceAt, type Place} from "../../lib/rules/edit.js";
import {fieldTestOf, isReference, isStepReference, referencedSubject, type EventTypes, type FieldCondition, type Reference, type Where} from "../../lib/rules/event.js"; // prettier-ignore
import {fieldFamily} from "../../lib/rules/field.js";
import {familyOf, operators, operatorsOf, type Family, type Operator} from "../../lib/rules/operators.js";
import {childrenOf, containerKind, type ContainerKind, type Rule} from "../../lib/rules/rule.js";
import type {Test} from "../../lib/rules/subject.js";
import type {EventField} from "../../lib/rules/surroundings.js";
import type {Builder} from "./builder.js";
import {fieldsOfEvents} from "./eventNames.js";
import {eventProfileField, fieldTitle, testWith, type ProfileField} from "./fields.js";
import {Select} from "./Select.js";
import {partSlot, type Slot} from "./slot.js";
import {TestEditor} from "./TestEditor.js";

export interface FilterOptions {
  types: EventTypes;
  /** Earlier steps of the sequence, whose fields can be compared with. */
  steps?: {name: string; label: string; types: EventTypes}[];
}

/** The conditions on one event's fields: a list, or groups of them. */
export function Filters(builder: Builder, slot: Slot<Where | undefined>, options: FilterOptions): HTMLElement {
  const where = slot.get();
  const add = () => {
    const field = fieldsOfEvents(options.types, builder.known).find(({name}) => !name.startsWith("event_"));
    if (!field) return builder.say("These events have no field to compare");
    const next = firstFilter(builder, field, options);
    const present = slot.get();
    const kind = present && containerKind(present);
    const [joined, at] = !present
      ? [next, ""]
      : kind
        ? [grouped(kind, [...childrenOf(present), next]), String(childrenOf(present).length)]
        : [grouped("all", [present, next]), "1"];
    slot.set(joined, "structure", `filter-${at}`);
  };
  return html`<div class="event-filters">
    ${where ? html`<div class="event-line"><span class="event-word">where</span>${Part(builder, slot, [], options)}</div>` : null}
    <button type="button" class="quiet add-filter" onclick=${add}>+ Filter</button>
  </div>`;
}

function Part(builder: Builder, whole: Slot<Where | undefined>, place: Place, options: FilterOptions): HTMLElement {
  const node = at(whole.get()!, place)!;
  const kind = containerKind(node);
  const put = (next: Where | undefined, focus: string) => whole.set(tidy(swap(whole.get()!, place, next)), "structure", focus); // prettier-ignore
  const remove = html`<button type="button" class="quiet drop" onclick=${() => put(undefined, "add-filter")}>
    ×
  </button>`;
  if (!kind) {
    remove.setAttribute("aria-label", "Remove this filter");
    return html`<div class="filter">${Filter(builder, whole, place, options)}${remove}</div>`;
  }
  const children = childrenOf(node);
  const key = place.join("-");
  remove.setAttribute("aria-label", "Remove this group of filters");
  const select = Select(
    "Which filters must hold",
    [
      ["all", "all of"],
      ["any", "any of"],
      ["none", "none of"]
    ],
    kind,
    (next) => put(grouped(next as ContainerKind, childrenOf(at(whole.get()!, place)!)), `filters-${key}`),
    `filters-${key}`
  );
  const group = () => {
    const last = childrenOf(at(whole.get()!, place)!);
    const inner = grouped(kind === "all" ? "any" : "all", [last.at(-1)!, structuredClone(last.at(-1)!)]);
    put(grouped(kind, [...last.slice(0, -1), inner]), `filters-${[...place, last.length - 1].join("-")}`);
  };
  return html`<div class="filter-group">
    <div class="filter-group-head">
      ${select}
      <button type="button" class="quiet" onclick=${group} title="Puts the last filter and a copy of it into a group">
        + Group
      </button>
      ${place.length > 0 ? remove : null}
    </div>
    ${children.map((_, i) => Part(builder, whole, [...place, i], options))}
  </div>`;
}

/** One comparison of a field: with a value, with a field of the profile, or with a field of an earlier step. */
function Filter(builder: Builder, whole: Slot<Where | undefined>, place: Place, options: FilterOptions) {
  const {known, asOf, events} = builder;
  const slot = partSlot<Where | undefined, FieldCondition>(
    whole,
    (where) => at(where!, place) as FieldCondition,
    (where, next) => swap(where!, place, next)
  );
  const condition = slot.get();
  const fields = fieldsOfEvents(options.types, known);
  const event = fields.find(({name}) => name === condition.field) ?? unknownField(condition.field);
  const field = eventProfileField(event, asOf, events.spread(options.types, event.name));
  const focus = `filter-${place.join("-")}`;
  const listed = fields.includes(event) ? fields : [event, ...fields];
  const fieldSelect = Select(
    "Field of the event",
    listed.map(({name, label}) => [name, label]),
    condition.field,
    (next) =>
      slot.set(
        firstFilter(
          builder,
          fields.find(({name}) => name === next)!,
          options
        ),
        "structure",
        focus
      ),
    focus
  );
  const {operator, operand} = fieldTestOf(condition);
  const family = familyOf(event.type);
  const others = operators[operator].operand === "one" ? comparable(builder, family, options) : [];
  const compared = isReference(operand) ? referenceKey(operand) : "";
  const withOther =
    others.length === 0
      ? null
      : Select(
          `${event.label}: compared with`,
          [["", "this value"], ...others.map(({group, entries}) => ({group, options: entries.map(({key, text}) => [key, text] as const)}))], // prettier-ignore
          compared,
          (next) => {
            const entry = others.flatMap(({entries}) => entries).find(({key}) => key === next);
            const test = entry ? {[operator]: entry.reference} : testWith(field, operator);
            slot.set({field: condition.field, ...test} as FieldCondition, "structure", `${focus}-other`);
          },
          `${focus}-other`
        );
  if (isReference(operand)) {
    const choose = Select(
      `${event.label}: how to compare`,
      operatorsOf(family)
        .filter((name) => operators[name].operand === "one")
        .map((name) => [name, operators[name].phrase] as const),
      operator,
      (next) => slot.set({field: condition.field, [next]: operand} as FieldCondition, "structure", `${focus}-operator`),
      `${focus}-operator`
    );
    return html.fragment`${fieldSelect}${choose}${withOther}`;
  }
  const test = partSlot<FieldCondition, Test>(
    slot,
    ({field: _, ...rest}) => rest as Test,
    (whole, next) => ({field: whole.field, ...next})
  );
  const {select, control} = TestEditor(test, {
    field,
    label: event.label,
    operators: operatorsOf(family),
    focus: `${focus}-operator`
  });
  withOther?.classList.add("subtle");
  return html.fragment`${fieldSelect}${select}${control}${withOther}`;
}

interface Comparable {
  group: string;
  entries: {key: string; text: string; reference: Reference}[];
}

/** The fields of the profile and of earlier steps that hold the same kind of value. */
function comparable({fields, known}: Builder, family: Family, {steps = []}: FilterOptions): Comparable[] {
  const profile = fields
    .filter((field: ProfileField) => field.kind === "attribute" && fieldFamily(field) === family)
    .map((field) => reference(fieldTitle(field), {profile: field.name}));
  const earlier = steps.map(({name, label, types}, i) => ({
    group: `Step ${i + 1}: ${label}`,
    entries: fieldsOfEvents(types, known)
      .filter(({type}) => familyOf(type) === family)
      .map((field) => reference(`${field.label} of step ${i + 1}`, {step: name, field: field.name}))
  }));
  return [...earlier, {group: "Field of the profile", entries: profile}].filter(({entries}) => entries.length > 0);
}

function reference(text: string, to: Reference): Comparable["entries"][number] {
  return {key: referenceKey(to), text, reference: to};
}

function referenceKey(to: Reference): string {
  if (isStepReference(to)) return `step ${to.step} ${to.field}`;
  return `profile ${Object.values(referencedSubject(to)).join(" ")}`;
}

function firstFilter({asOf, events}: Builder, event: EventField, {types}: FilterOptions): FieldCondition {
  const family = familyOf(event.type);
  const defaults: Record<Family, Operator> = {text: "in", number: "at_least", boolean: "is", date: "in_last", decile: "is"}; // prettier-ignore
  const field = eventProfileField(event, asOf, events.spread(types, event.name));
  return {field: event.name, ...testWith(field, defaults[family])};
}

function unknownField(name: string): EventField {
  return {name, label: name, type: "string"};
}

function grouped(kind: ContainerKind, children: Where[]): Where {
  return {[kind]: children} as unknown as Where;
}

/** A group of one is that one; of none, nothing. */
function tidy(where: Where | undefined): Where | undefined {
  const kind = where && containerKind(where);
  if (!where || !kind) return where;
  const children = childrenOf(where).flatMap((child) => tidy(child) ?? []);
  if (children.length === 0) return undefined;
  return children.length === 1 && kind !== "none" ? children[0] : grouped(kind, children);
}

/** The edits of rules work on trees of the same containers, whatever their leaves. */
function at(where: Where, place: Place): Where | undefined {
  return nodeAt(where as unknown as Rule, place) as unknown as Where | undefined;
}

function swap(where: Where, place: Place, next: Where | undefined): Where | undefined {
  if (place.length === 0) return next;
  return replaceAt(where as unknown as Rule, place, next as unknown as Rule | undefined) as unknown as Where;
}
