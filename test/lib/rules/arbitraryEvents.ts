import fc from "fast-check";
import type {ValueType} from "../../../lib/definitions/fields.js";
import {measures, type FieldCondition, type Step, type Where} from "../../../lib/rules/event.js";
import type {Field} from "../../../lib/rules/field.js";
import {familyOf, operatorsOf, type Family, type Operator} from "../../../lib/rules/operators.js";
import type {Rule} from "../../../lib/rules/rule.js";
import type {Operand, Test} from "../../../lib/rules/subject.js";
import type {EventField} from "../../../lib/rules/surroundings.js";
import {mayIgnoreYear, operand, type ValuesOf} from "./arbitrary.js";

/** What rules on events are made of. */
export interface Vocabulary {
  types: string[];
  /** Whether "*" may be asked for, too. */
  hasAll: boolean;
  /** The field that later steps compare with an earlier one's most often. */
  shared: string;
  eventFields: EventField[];
  /** The fields of profiles that events are compared with. */
  fields: Field[];
  valuesOf: ValuesOf;
  /** The operators to be used. Default: all. */
  takes?: (operator: Operator) => boolean;
}

export const spans = ["1 hour", "90 minutes", "6 hours", "1 day", "2 days", "30 seconds"];

const comparisons: Record<Family, Operator[]> = {
  text: ["is", "is_not", "contains", "not_contains", "is_ignoring_case", "at_least"],
  number: ["is", "is_not", "at_least", "less_than"],
  date: ["is", "is_not", "before", "on_or_after"],
  boolean: ["is", "is_not"],
  decile: []
};

const family = (field: {type: ValueType}) => familyOf(field.type);

/** Conditions on events, and sequences of them. */
export function eventRules({types, hasAll, shared, eventFields, fields, valuesOf, takes = () => true}: Vocabulary): {
  event: fc.Arbitrary<Rule>;
  sequence: fc.Arbitrary<Rule>;
} {
  /** A test of a value of a field; of instants with spans by the clock too. */
  function test(
    field: {name: string; type: ValueType},
    among: readonly Operator[] = operatorsOf(familyOf(field.type))
  ): fc.Arbitrary<Test> {
    const {type} = field;
    return fc.constantFrom(...among.filter(takes)).chain((operator) => {
      return fc
        .tuple(operand(operator, valuesOf(field), type === "timestamp"), fc.boolean())
        .map(([value, ignores]) => {
          const mayIgnore = familyOf(type) === "date" && mayIgnoreYear(operator, value);
          return {[operator]: value, ...(ignores && mayIgnore && {ignore_year: true})} as Test;
        });
    });
  }

  function fieldCondition(named: string[]): fc.Arbitrary<Where> {
    const values = eventFields
      .filter(({name}) => name !== "send_id")
      .map((field) => test(field).map((tested) => ({field: field.name, ...tested}) as Where));
    const references = eventFields
      .filter(({name}) => !["send_id", "event_type"].includes(name))
      .flatMap((field) => {
        const same = fields.filter((other) => other.kind === "attribute" && family(other) === family(field));
        const events = eventFields.filter((other) => family(other) === family(field) && other.name !== "send_id");
        const other = [
          ...same.map(({name}) => ({profile: name})),
          ...(family(field) === "number" ? [{profile: {metric: "spend", lookback: "12 months"}}] : []),
          ...named.flatMap((step) => events.map(({name}) => ({step, field: name})))
        ];
        if (other.length === 0) return [];
        return [
          fc
            .tuple(fc.constantFrom(...comparisons[family(field)]), fc.constantFrom(...other))
            .map(([operator, reference]) => ({field: field.name, [operator]: reference}) as FieldCondition as Where)
        ];
      });
    // Equality with an earlier step's field is the commonest reference.
    const same = named.map((step) => fc.constant<Where>({field: shared, is: {step, field: shared}}));
    return fc.oneof(
      {weight: 4, arbitrary: fc.oneof(...values)},
      {weight: named.length > 0 ? 4 : 1, arbitrary: fc.oneof(...references)},
      ...same.map((arbitrary) => ({weight: 4, arbitrary}))
    );
  }

  function where(named: string[] = []): fc.Arbitrary<Where | undefined> {
    const leaf = fieldCondition(named);
    const tree = fc.letrec<{where: Where}>((tie) => ({
      where: fc.oneof(
        {depthSize: "xsmall"},
        leaf,
        fc
          .record({kind: fc.constantFrom("all", "any", "none"), parts: fc.array(tie("where"), {maxLength: 3})})
          .map(({kind, parts}) => ({[kind]: parts}) as unknown as Where)
      )
    })).where;
    return fc.option(tree, {nil: undefined, freq: named.length > 0 ? 4 : 1});
  }

  const eventType = fc.oneof(
    fc.constantFrom(...types),
    ...(hasAll ? [fc.constant("*")] : []),
    fc.uniqueArray(fc.constantFrom(...types), {minLength: 1, maxLength: 3})
  );

  const time = fc.option(test({name: "event_time", type: "timestamp"}), {nil: undefined, freq: 2});

  const event: fc.Arbitrary<Rule> = fc
    .tuple(eventType, where(), time, fc.option(fc.constantFrom(...measures)))
    .chain(([event, filter, when, measure]) => {
      const base = {event, ...(filter && {where: filter}), ...(when && {time: when})};
      if (!measure) {
        const counted = fc.constantFrom<Operator>("at_least", "at_most", "is", "is_not", "between", "more_than", "less_than", "in"); // prettier-ignore
        return fc.oneof(
        fc.constant({} as Test),
        fc.boolean().map((exists): Test => ({exists})),
        counted.chain((operator) => {
          const number = fc.integer({min: 0, max: 3});
          const value: fc.Arbitrary<Operand> = operator === "between" ? fc.tuple(number, number).map((pair) => pair.sort()) : operator === "in" ? fc.array(number, {minLength: 1, maxLength: 2}) : number; // prettier-ignore
          return value.map((v): Test => ({[operator]: v}));
        })
      ).map((tested) => ({...base, ...tested}) as Rule); // prettier-ignore
      }
      const numeric = measure === "sum" || measure === "average";
      const among = eventFields.filter((field) => {
        if (["send_id", "event_type", "currency"].includes(field.name)) return false;
        if (numeric) return family(field) === "number";
        return measure === "distinct" || family(field) !== "boolean";
      });
      return fc.constantFrom(...among).chain((field) => {
        const isNumber = numeric || measure === "distinct";
        const never: Operator[] = measure === "sum" || measure === "distinct" ? ["exists", "in_file", "not_in_file"] : ["in_file", "not_in_file"]; // prettier-ignore
        const type = isNumber ? "number" : field.type;
        const tested = test(
          {name: field.name, type},
          operatorsOf(familyOf(type)).filter((operator) => !never.includes(operator))
        );
        return tested.map((t) => ({...base, [measure]: field.name, ...t}) as unknown as Rule);
      });
    });

  const sequence: fc.Arbitrary<Rule> = fc
    .tuple(fc.array(fc.constantFrom("positive", "negated"), {maxLength: 4}), time, fc.boolean())
    .chain(([more, when, refers]) => {
      const kinds = ["positive", ...more];
      let named: string[] = [];
      const steps = kinds.map((kind, i): fc.Arbitrary<Step> => {
        const before = refers ? named : [];
        if (kind === "positive" && refers) named = [...named, `step${i}`];
        const span = fc.option(fc.constantFrom(...spans), {nil: undefined});
        return fc.tuple(eventType, where(before), span, span).map(([types, filter, within, after]): Step => {
          const common = {...(filter && {where: filter})};
          if (kind === "negated") return {no_event: types, ...common, ...(within && {within})};
          return {
            event: types,
            ...common,
            ...(refers && {as: `step${i}`}),
            ...(i > 0 && within && {within}),
            ...(i > 0 && after && {after_at_least: after})
          };
        });
      });
      return fc.tuple(...steps).map((all) => ({sequence: all, ...(when && {time: when})}) as Rule);
    });

  return {event, sequence};
}
