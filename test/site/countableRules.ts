import fc from "fast-check";
import type {Catalogue} from "../../lib/rules/field.js";
import type {Operator} from "../../lib/rules/operators.js";
import type {Rule} from "../../lib/rules/rule.js";
import type {Scalar} from "../../lib/rules/subject.js";
import type {Events} from "../../src/components/segments/events.js";
import type {ProfileField, Spread} from "../../src/components/segments/fields.js";
import {conditionOn, type ValuesOf} from "../lib/rules/arbitrary.js";
import {eventRules} from "../lib/rules/arbitraryEvents.js";

/** What a site publishes: fields of profiles with the spread of their values, events, and audiences. */
export interface Countable {
  known: Catalogue;
  fields: ProfileField[];
  happened: Events;
}

/**
 * Rules over what a site publishes, compared with values that there are: conditions of every kind alone, and nested in
 * all, any and none.
 */
export function countableRules({known, fields, happened}: Countable): fc.Arbitrary<Rule> {
  const shown = fields.filter(({published, shareFilled}) => published !== false && shareFilled > 0);
  const {eventTypes, eventFields, audiences = []} = happened.surroundings;
  const types = eventTypes.filter(({published}) => published !== false).map(({name}) => name);
  const spreadOf = new Map<string, Spread>(shown.map((field) => [field.name, field]));
  for (const {name} of eventFields) {
    const of = types.map((type) => happened.spread(type, name));
    spreadOf.set(name, of.find(({top, quantiles}) => top.length + quantiles.length > 0) ?? of[0]!);
  }
  const valuesOf: ValuesOf = (field) => valuesAmong(field, shown, spreadOf.get(field.name));
  // Files of values are the command's alone.
  const takes = (operator: Operator) => operator !== "in_file" && operator !== "not_in_file";
  const published = eventFields.filter((field) => field.published !== false);
  const shared = published.find(({name, type}) => name.startsWith("properties.") && type === "string")!.name;
  const {event, sequence} = eventRules({
    types,
    hasAll: types.length === eventTypes.length,
    shared,
    eventFields: published,
    fields: shown,
    valuesOf,
    takes
  });
  const kinds = [...new Set(shown.map(({kind}) => kind))];
  const conditions = kinds.map((kind) => conditionOn(shown.filter((field) => field.kind === kind), valuesOf, takes)); // prettier-ignore
  const audience = fc.constantFrom(...audiences.filter(({rule}) => rule).map(({id}): Rule => ({audience: id})));
  return fc.letrec<{rule: Rule; leaf: Rule}>((tie) => ({
    leaf: fc.oneof(
      ...conditions.map((arbitrary) => ({weight: 2, arbitrary})),
      {weight: 8, arbitrary: event},
      {weight: 6, arbitrary: sequence},
      {weight: 1, arbitrary: audience}
    ),
    rule: fc.oneof(
      {depthSize: "small"},
      {weight: 2, arbitrary: tie("leaf")},
      {
        weight: 3,
        arbitrary: fc
          .record({
            kind: fc.constantFrom("all", "any", "none"),
            rules: fc.array(tie("rule"), {minLength: 1, maxLength: 4})
          })
          .map(({kind, rules}) => ({[kind]: rules}) as unknown as Rule)
      }
    )
  })).rule;
}

/** Some of the values that a field has: the commonest, or where twentieths of its values lie. */
function valuesAmong(
  {kind, type}: Parameters<ValuesOf>[0],
  shown: ProfileField[],
  {top, quantiles}: Spread = {shareFilled: 0, distinct: 0, top: [], quantiles: []}
): fc.Arbitrary<Scalar> {
  if (kind === "decile") return fc.integer({min: 1, max: 10});
  if (type === "boolean") return fc.boolean();
  if (type === "date" || type === "timestamp") {
    const some =
      quantiles.length > 0 ? quantiles : shown.flatMap((field) => (field.type === "date" ? field.quantiles : []));
    const days = some.map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 10));
    return fc.constantFrom(...new Set([...days, "2024-02-29"]));
  }
  if (type === "string") {
    const texts = top.map(({value}) => value);
    return fc.constantFrom(
      ...texts,
      ...texts.map((text) => text.toUpperCase()),
      ...texts.map((text) => text.slice(0, 3)),
      ""
    );
  }
  return fc.constantFrom(
    ...new Set(quantiles.length > 0 ? quantiles.map((number) => Math.round(number * 100) / 100) : [0, 1, 2, 3])
  );
}
