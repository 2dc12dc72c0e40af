import {html} from "htl";
import type {Place} from "../../lib/rules/edit.js";
import {fieldFamily, fieldOf, isElsewhere, subjectFor} from "../../lib/rules/field.js";
import {operatorsOf} from "../../lib/rules/operators.js";
import {subjectOf, testOf, type Condition, type Subject, type Test} from "../../lib/rules/subject.js";
import {keyOf, type Builder} from "./builder.js";
import {Card} from "./Card.js";
import {fieldTitle, type ProfileField} from "./fields.js";
import {Select} from "./Select.js";
import {nodeSlot, partSlot, type Slot} from "./slot.js";
import {TestEditor} from "./TestEditor.js";

/** A condition on the profile itself: the field, its lookback and time, how it is compared, and with what. */
export function ConditionCard(builder: Builder, condition: Condition, place: Place): HTMLElement {
  let field: ProfileField;
  try {
    field = fieldOf(condition, builder.known) as ProfileField;
  } catch (error) {
    return Broken(builder, place, (error as Error).message);
  }
  const title = fieldTitle(field);
  const slot = nodeSlot<Condition>(builder.store, place);
  const test = partSlot<Condition, Test>(slot, testPart, (present, next) => ({...subjectOf(present), ...next}));
  const {select, control, isShort} = TestEditor(test, {
    field,
    label: title,
    operators: operatorsOf(fieldFamily(field)),
    focus: "first",
    // Of another time or one category the table of profiles has no column.
    ...(!isElsewhere(field) && {grab: (bins) => builder.grab(place, bins)})
  });
  return Card(builder, {
    place,
    title,
    kind: field.kind,
    isUnpublished: field.published === false,
    head: html.fragment`<span class="card-title" title=${field.description || null}>${fieldTitle({...field, lookback: undefined})}</span>
      ${windows(builder, field, slot)}${select}${isShort ? control : null}`,
    body: isShort ? undefined : control
  });
}

/** A condition without its subject. */
function testPart(condition: Condition): Test {
  const {operator, operand} = testOf(condition);
  return {[operator]: operand, ...(condition.ignore_year && {ignore_year: true})};
}

/** Of a metric or decile: over which window, as of when, and within which category. */
function windows({fields, known}: Builder, field: ProfileField, slot: Slot<Condition>): HTMLElement[] {
  if (field.lookback === undefined) return [];
  const alike = fields.filter(({kind, name}) => kind === field.kind && name === field.name);
  const put = (subject: Subject, focus: string) => slot.set({...subject, ...testPart(slot.get())}, "structure", focus);
  const {at, category} = field;
  const base = (lookback: string) => subjectFor({...field, lookback});
  const lookback = Select(
    `${field.label}: over which window`,
    alike.map((one) => [one.lookback!, one.lookback!]),
    field.lookback,
    (next) => put(base(next), "lookback"),
    "lookback"
  );
  const asOf = Select(
    `${field.label}: as of when`,
    pasts(at).map((text) => [text, text === "" ? "now" : text]),
    at ?? "",
    (next) => put(subjectFor({...field, at: next || undefined}), "at"),
    "at"
  );
  asOf.classList.add("subtle");
  const {categories = []} = known;
  if (field.kind !== "decile" || categories.length === 0) return [lookback, asOf];
  const within = Select(
    `${field.label}: ranked among`,
    [["", "among all"], ...categories.map((name) => [name, `within ${name}`] as const)],
    category ?? "",
    (next) => put(subjectFor({...field, category: next || undefined}), "category"),
    "category"
  );
  within.classList.add("subtle");
  return [lookback, asOf, within];
}

function pasts(at: string | undefined): string[] {
  const usual = ["", "1 month ago", "3 months ago", "6 months ago", "12 months ago"];
  return at === undefined || usual.includes(at) ? usual : [...usual, at];
}

/** A condition that cannot be shown: it says why, and can be moved and deleted. */
export function Broken(builder: Builder, place: Place, message: string): HTMLElement {
  return Card(builder, {
    place,
    title: "Broken condition",
    kind: "broken",
    head: html`<span class="bad" tabindex="-1" data-focus=${`${keyOf(place)}:first`}>✕ ${message}</span>`
  });
}
