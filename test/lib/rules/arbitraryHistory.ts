import fc from "fast-check";
import type {RuleContext} from "../../../lib/rules/dates.js";
import type {Step, Where} from "../../../lib/rules/event.js";
import {catalogue, type Catalogue} from "../../../lib/rules/field.js";
import type {Operator} from "../../../lib/rules/operators.js";
import type {Rule} from "../../../lib/rules/rule.js";
import type {Test} from "../../../lib/rules/subject.js";
import type {EventField} from "../../../lib/rules/surroundings.js";
import {anyValue, condition, conditionOn, fields, profile} from "./arbitrary.js";
import {eventRules, spans} from "./arbitraryEvents.js";
import type {Event, Person} from "./history.js";

const types = ["buy", "view", "cart", "email.opened"];

export const eventFields: EventField[] = [
  {name: "event_time", label: "Time", type: "timestamp"},
  {name: "event_date", label: "Date", type: "date"},
  {name: "event_type", label: "Event type", type: "string"},
  {name: "value", label: "Value", type: "decimal", unit: "money"},
  {name: "quantity", label: "Quantity", type: "decimal"},
  {name: "currency", label: "Currency", type: "string"},
  {name: "source", label: "Source", type: "string"},
  {name: "campaign_id", label: "Campaign", type: "string"},
  {name: "send_id", label: "Send", type: "string"},
  {name: "properties.sku", label: "Article", type: "string"},
  {name: "properties.score", label: "Score", type: "number"},
  {name: "properties.day", label: "Day", type: "date"},
  {name: "properties.until", label: "Until", type: "timestamp"},
  {name: "properties.gift", label: "Gift", type: "boolean"}
];

/** The instants of the calendar that are not after as-of. */
export function knownAt({asOf}: RuleContext): Catalogue {
  const calendar = ["2023-12-01T05:00:00Z", "2024-02-01T05:00:00Z", "2024-03-01T05:00:00Z", asOf.toISOString()];
  return catalogue(fields, {
    eventTypes: types.map((name) => ({name})),
    eventFields,
    audiences: [
      {id: "golden", name: "Golden", rule: {attribute: "tier", is: "gold"}},
      {id: "buyers", name: "Buyers", rule: {any: [{event: "buy", at_least: 2}, {audience: "golden"}]}},
      {id: "kept", name: "Kept"}
    ],
    lists: [{file: "lists/some.txt"}],
    categories: ["gold", "silver"],
    partitions: calendar.filter((text) => Date.parse(text) <= +asOf).sort()
  });
}

/** Times close together, some equal, at midnights of several zones and at changes of the clock. */
const times = fc.oneof(
  fc
    .tuple(fc.integer({min: 0, max: 40}), fc.integer({min: 0, max: 3}))
    .map(([hours, days]) => text(Date.UTC(2024, 2, 28, 0) + days * 864e5 + hours * 36e5)),
  fc.constantFrom("2024-03-31 00:59:59.999", "2024-03-31 01:00:00", "2024-03-10 07:00:00", "2024-02-29 12:00:00",
    "2023-03-30 22:30:00", "2024-03-30 23:00:00", "2024-03-31 03:59:59.999999", "2024-03-31 04:00:00", "2023-12-31 23:30:00", "2020-02-29 12:00:00") // prettier-ignore
);

const skus = ["gold", "silver", "Gold", "", "o'x"];
const scores = [-3, 0, 0.5, 2, 2.5, 10];
const dates = ["2023-03-30", "2024-02-29", "2024-02-28", "2024-03-30", "2024-03-31", "2023-12-31"];

const event: fc.Arbitrary<Event> = fc.record({
  event_type: fc.constantFrom(...types),
  event_time: times,
  value: fc.option(fc.constantFrom(...scores)),
  quantity: fc.option(fc.constantFrom(1, 2, 3)),
  currency: fc.option(fc.constantFrom("EUR", "CAD")),
  source: fc.constantFrom("shop", "web"),
  campaign_id: fc.option(fc.constantFrom("spring", "gold")),
  send_id: fc.constant(null),
  "properties.sku": fc.option(fc.constantFrom(...skus)),
  "properties.score": fc.option(fc.constantFrom(...scores)),
  "properties.day": fc.option(fc.constantFrom(...dates)),
  "properties.until": fc.option(times),
  "properties.gift": fc.option(fc.boolean())
});

export const person = (context: RuleContext): fc.Arbitrary<Person> =>
  fc.record({
    profile,
    events: fc.array(event, {maxLength: 7}),
    ranks: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...knownAt(context).partitions!), fc.constantFrom("*", "gold", "silver")), {
        selector: String,
        maxLength: 6
      })
      .chain((places) =>
        fc.tuple(
          ...places.map(([as_of, category]) =>
            fc.record({
              metric: fc.constant("spend"),
              lookback: fc.constant("12 months"),
              category: fc.constant(category),
              as_of: fc.constant(text(Date.parse(as_of))),
              value: fc.option(fc.constantFrom(...scores)),
              bucket: fc.option(fc.integer({min: 1, max: 10}))
            })
          )
        )
      ),
    stays: fc.array(
      fc.record({
        audience_id: fc.constantFrom("golden", "kept"),
        entered_at: times,
        left_at: fc.option(times)
      }),
      {maxLength: 3}
    )
  });

export const {event: eventCondition, sequence} = eventRules({
  types,
  hasAll: true,
  shared: "properties.sku",
  eventFields,
  fields,
  valuesOf: anyValue
});

/** Sequences of few kinds of events whose last steps refer to the first across those between: many hold. */
export const carried: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.array(fc.constantFrom<"event" | "no_event">("event", "no_event"), {minLength: 1, maxLength: 3}),
    fc.constantFrom<Operator>("is", "is_not"),
    fc.constantFrom("properties.sku", "value", "campaign_id"),
    fc.constantFrom(...spans),
    fc.infiniteStream(fc.option(fc.constantFrom("view", "cart", "buy")))
  )
  .map(([kinds, operator, field, within, types]) => {
    const where = {field, [operator]: {step: "first", field}} as Where;
    const type = () => types.next().value ?? "*";
    const middle = kinds.map((kind, i): Step => ({[kind]: type(), ...(i === 1 && {within})}) as unknown as Step);
    return {sequence: [{event: type(), as: "first"}, ...middle, {event: type(), where}, {no_event: type(), where}]};
  });

const audience: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.constantFrom("golden", "kept", "buyers"),
    fc.option(fc.constantFrom("now", "ever", "never", "left"), {nil: undefined}),
    fc.option(fc.constantFrom("12 hours", "48 hours"), {nil: undefined})
  )
  .map(
    ([id, membership, within]) => ({audience: id, ...(membership && {membership}), ...(within && {within})}) as Rule
  );

const spend = fields.find(({kind}) => kind === "metric")!;

const elsewhere: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.constantFrom("metric", "decile"),
    fc.option(fc.constantFrom("2024-02-10", "2024-01-31", "2024-03-15", "1 month ago", "3 months ago"), {
      nil: undefined
    }),
    fc.option(fc.constantFrom("gold", "silver"), {nil: undefined})
  )
  .chain(([kind, at, category]) => {
    const then = at && {at};
    if (kind === "metric") return conditionOn([{...spend, ...then}], anyValue);
    const subject = {decile: "spend", lookback: "12 months", ...then, ...(category && {category})};
    const tested = fc.oneof(
      fc.integer({min: 1, max: 10}).map((n): Test => ({at_most: n})),
      fc.boolean().map((inactive): Test => ({inactive}))
    );
    return tested.map((t) => ({...subject, ...t}) as Rule);
  });

/** Rules of every kind. */
export const anyRule: fc.Arbitrary<Rule> = fc.letrec<{rule: Rule}>((tie) => ({
  rule: fc.oneof(
    {depthSize: "small", withCrossShrink: true},
    {weight: 4, arbitrary: eventCondition},
    {weight: 5, arbitrary: sequence},
    {weight: 1, arbitrary: audience},
    {weight: 1, arbitrary: elsewhere},
    {weight: 1, arbitrary: condition},
    {
      weight: 3,
      arbitrary: fc
        .record({kind: fc.constantFrom("all", "any", "none"), rules: fc.array(tie("rule"), {maxLength: 3})})
        .map(({kind, rules}) => ({[kind]: rules}) as unknown as Rule)
    }
  )
})).rule;

function text(time: number): string {
  return new Date(time).toISOString().replace("T", " ").replace("Z", "");
}
