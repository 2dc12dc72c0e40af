import fc from "fast-check";
import type {ValueType} from "../../../lib/definitions/fields.js";
import {namedPeriods} from "../../../lib/rules/dates.js";
import {catalogue, fieldFamily, subjectFor, type Field} from "../../../lib/rules/field.js";
import {
  familyOf,
  operators,
  operatorsOf,
  type Family,
  type OperandKind,
  type Operator
} from "../../../lib/rules/operators.js";
import type {Rule} from "../../../lib/rules/rule.js";
import type {Operand, Scalar} from "../../../lib/rules/subject.js";
import type {Profile} from "./oracle.js";

export const context = {asOf: new Date("2024-03-31T04:00:00Z"), timeZone: "America/Toronto"};

/** One field of every type, and a metric with its decile. */
export const fields: Field[] = [
  {kind: "attribute", name: "tier", column: "tier", label: "Tier", type: "string"},
  {kind: "attribute", name: 'od"d', column: 'od"d', label: "Odd", type: "string"},
  {kind: "attribute", name: "age", column: "age", label: "Age", type: "integer"},
  {kind: "attribute", name: "amount", column: "amount", label: "Amount", type: "decimal", unit: "money"},
  {kind: "attribute", name: "vip", column: "vip", label: "VIP", type: "boolean"},
  {kind: "attribute", name: "joined", column: "joined", label: "Joined", type: "date"},
  {kind: "attribute", name: "seen", column: "seen", label: "Seen", type: "timestamp"},
  {
    kind: "metric",
    name: "spend",
    lookback: "12 months",
    column: "spend",
    label: "Spend",
    type: "number",
    unit: "money"
  },
  {kind: "decile", name: "spend", lookback: "12 months", column: "decile", label: "Spend", type: "integer", buckets: 10}
];
export const known = catalogue(fields);

/** Texts that break careless SQL, and plain ones that meet each other. */
export const texts = ["gold", "Gold", "GOLD star", "silver", "", "'; drop table profiles; --", '"', "100%", "a_b", "$1", "née", "日本", "\\", "null", "true", "5"]; // prettier-ignore
const numbers = [-3, 0, 0.1, 0.3, 2, 2.5, 10, 1e6];
const dates = ["2023-03-30", "2023-03-31", "2024-01-01", "2024-02-29", "2024-02-28", "2024-03-01", "2024-03-30", "2024-03-31", "2024-04-01", "2024-04-30", "2023-12-31"]; // prettier-ignore
const instants = ["2024-03-30 03:59:59.999", "2024-03-30 04:00:00", "2024-03-31 03:59:59.999", "2024-03-31 04:00:00", "2023-11-05 05:30:00", "2023-03-31 04:00:00"]; // prettier-ignore

export const profile: fc.Arbitrary<Profile> = fc.record({
  tier: fc.option(fc.constantFrom(...texts)),
  'od"d': fc.option(fc.constantFrom(...texts)),
  age: fc.option(fc.constantFrom(-3, 0, 2, 10)),
  amount: fc.option(fc.constantFrom(...numbers)),
  vip: fc.option(fc.boolean()),
  joined: fc.option(fc.constantFrom(...dates)),
  seen: fc.option(fc.constantFrom(...instants)),
  spend: fc.option(fc.constantFrom(...numbers)),
  decile: fc.option(fc.integer({min: 1, max: 10}))
});

/** The values that a field is compared with. */
export type ValuesOf = (field: {name: string; kind?: string; type: ValueType}) => fc.Arbitrary<Scalar>;

const values: Record<Family, fc.Arbitrary<Scalar>> = {
  text: fc.constantFrom(...texts),
  number: fc.constantFrom(...numbers),
  boolean: fc.boolean(),
  date: fc.constantFrom(...dates),
  decile: fc.integer({min: 1, max: 10})
};

/** Values that meet those of `profile`, and break what is careless. */
export const anyValue: ValuesOf = ({kind, type}) => values[kind === "decile" ? "decile" : familyOf(type)];

/** An operand of an operator among values; `clock` for instants, which spans may be shorter than days of. */
export function operand(operator: Operator, value: fc.Arbitrary<Scalar>, clock = false): fc.Arbitrary<Operand> {
  const hours = clock ? ["36 hours", "90 minutes"] : [];
  const kinds: Record<OperandKind, fc.Arbitrary<Operand>> = {
    one: value,
    many: fc.array(value, {minLength: 1, maxLength: 4}),
    pair: fc.tuple(value, value).map((pair) => pair.sort((a, b) => (a < b ? -1 : 1))),
    flag: fc.boolean(),
    span: fc.constantFrom("1 day", "30 days", "2 weeks", "1 month", "13 months", "1 year", ...hours),
    around: fc.tuple(value, fc.constantFrom("1 day", "3 days", "1 month", ...hours)),
    rolling: fc.constantFrom(
      ["-30 days", "-7 days"],
      ["-1 month", "0 days"],
      ["0 days", "+1 week"],
      ...(clock
        ? [
            ["-36 hours", "-90 minutes"],
            ["-2 hours", "1 hour"]
          ]
        : [])
    ),
    file: fc.constant("lists/some.txt"),
    period: fc.constantFrom(...namedPeriods.filter((period) => period !== ("next week" as string)), "2024", "2024-02")
  };
  return kinds[operators[operator].operand];
}

/** Whether `ignore_year` may stand beside a test of a date. */
export function mayIgnoreYear(operator: Operator, value: Operand): boolean {
  if (["exists", "rolling", "in_file", "not_in_file", "inactive"].includes(operator)) return false;
  return operator === "during" ? !/year|^\d{4}$/.test(String(value)) : !/hour|minute/.test(String(value));
}

/** Conditions on these fields, with the operators that `takes` keeps. */
export function conditionOn(
  fields: readonly Field[],
  valuesOf: ValuesOf,
  takes: (operator: Operator) => boolean = () => true
): fc.Arbitrary<Rule> {
  return fc
    .constantFrom(...fields)
    .chain((field) =>
      fc.record({
        field: fc.constant(field),
        operator: fc.constantFrom(...operatorsOf(fieldFamily(field)).filter(takes))
      })
    )
    .chain(({field, operator}) => {
      const isInstant = field.type === "timestamp";
      return fc.tuple(operand(operator, valuesOf(field), isInstant), fc.boolean()).map(([value, ignores]) => {
        const mayIgnore = fieldFamily(field) === "date" && mayIgnoreYear(operator, value);
        return {...subjectFor(field), [operator]: value, ...(ignores && mayIgnore && {ignore_year: true})} as Rule;
      });
    });
}

export const condition = conditionOn(fields, anyValue);

export const rule: fc.Arbitrary<Rule> = fc.letrec<{rule: Rule}>((tie) => ({
  rule: fc.oneof(
    {depthSize: "small", withCrossShrink: true},
    condition,
    fc
      .record({kind: fc.constantFrom("all", "any", "none"), rules: fc.array(tie("rule"), {maxLength: 4})})
      .map(({kind, rules}) => ({[kind]: rules}) as unknown as Rule)
  )
})).rule;
