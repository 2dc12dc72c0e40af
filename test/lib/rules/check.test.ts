import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {checkRule} from "../../../lib/rules/check.js";
import {contradictions} from "../../../lib/rules/contradiction.js";
import {replaceAt} from "../../../lib/rules/edit.js";
import {catalogue} from "../../../lib/rules/field.js";
import {formatPath} from "../../../lib/rules/finding.js";
import type {Rule} from "../../../lib/rules/rule.js";
import {ruleSchema} from "../../../lib/rules/schema.js";
import {conditionOn, fields, profile} from "./arbitrary.js";
import {eventFields} from "./arbitraryHistory.js";
import {holds} from "./oracle.js";

const context = {asOf: new Date("2024-03-31T04:00:00Z"), timeZone: "America/Toronto"};
const known = catalogue(fields, {
  eventTypes: [{name: "commerce.purchase"}, {name: "web.view"}],
  eventFields: [...eventFields, {name: "properties.page", label: "Page", type: "string", types: ["web.view"]}],
  audiences: [
    {id: "gold", name: "Gold", rule: {attribute: "tier", is: "gold"}},
    {id: "a", name: "A", rule: {audience: "b"}},
    {id: "b", name: "B", audiences: ["mine"]},
    {id: "old", name: "Old", state: "inactive"}
  ],
  lists: [{file: "lists/vip.txt"}],
  categories: ["gold", "silver"],
  partitions: ["2023-12-01T05:00:00Z", "2024-03-01T05:00:00Z"],
  earliest: "2023-06-01"
});

const finds = (rule: Rule, id?: string) => {
  expect(ruleSchema.safeParse(rule).error?.issues ?? []).toEqual([]);
  return checkRule(rule, known, context, id).map(
    ({severity, path, message}) => `${severity} ${formatPath(path)}: ${message}`
  );
};
const sku = {step: "v", field: "properties.sku"};

describe("checkRule(rule, fields, context), conditions on events", () => {
  it("finds event types, fields and measures that there are not", () => {
    expect(finds({event: "commerce.purchas"})).toEqual([
      'error rule.event: no events of type "commerce.purchas": did you mean "commerce.purchase"?'
    ]);
    expect(finds({event: "*", where: {all: [{field: "sku", is: "a"}]}})).toEqual([
      'error rule.where.all[1].field: unknown event field "sku": did you mean "properties.sku"?'
    ]);
    expect(finds({event: "*", where: {field: "value", is: "a"}})).toEqual([
      'error rule.where.is: Value: not a number: "a"'
    ]);
    expect(finds({event: "*", sum: "properties.sku", at_least: 1})).toEqual([
      "error rule.sum: sum of Article: it is text, not a number"
    ]);
    expect(finds({event: "*", sum: "value", exists: true})[0]).toContain("sum of Value is always known");
    expect(finds({event: "*", at_least: "3"})).toEqual([
      'error rule.at_least: the number of events: not a number: "3"'
    ]);
    expect(finds({event: "*", is: 1.5})).toEqual(["warning rule.is: there are never 1.5 events: counts are whole"]);
    expect(finds({event: "commerce.purchase", where: {field: "properties.page", is: "a"}})).toEqual([
      "warning rule.where.field: Page: commerce.purchase events have none; web.view have"
    ]);
    expect(finds({event: "*", last: "event_time", in_last: "36 hours"})).toEqual([]);
  });

  it("finds windows that are impossible, and lookbacks longer than the data kept", () => {
    expect(finds({event: "*", time: {in_last: "30 dayz"}})[0]).toContain('not a span of time: "30 dayz"');
    expect(finds({event: "*", time: {rolling: ["-7 days", "-30 days"]}})[0]).toContain("the earlier first");
    expect(finds({event: "*", time: {in_last: "2 years"}})).toEqual([
      "warning rule.time.in_last: reaches back further than the data: the earliest event is of 2023-06-01, 304 days ago"
    ]);
    expect(finds({event: "*", time: {during: "2021"}})).toEqual([
      "error rule.time.during: nothing is kept from then: the earliest event is of 2023-06-01"
    ]);
    expect(finds({event: "*", time: {during: "this year", ignore_year: true}})[0]).toContain(
      "ignore_year says nothing"
    );
    expect(finds({event: "*", time: {is: "2021-05-05", ignore_year: true}})).toEqual([]);
    const steps = (second: object) => ({sequence: [{event: "web.view"}, {event: "*", ...second}]}) as Rule;
    expect(finds(steps({after_at_least: "2 days", within: "24 hours"}))).toEqual([
      "error rule.sequence[2].within: impossible: at least 2 days after, yet within 24 hours"
    ]);
    expect(finds(steps({within: "1 month"}))[0]).toContain("months and years differ in length");
    expect(finds({sequence: [{event: "*", within: "1 day"}]})[0]).toContain("the first has none");
    expect(finds({sequence: [{no_event: "*"}, {event: "*"}]})[0]).toContain("begins with an event that happens");
  });

  it("finds references to steps and fields that there are not, or of another type", () => {
    const second = (where: object) =>
      ({
        sequence: [
          {event: "*", as: "v"},
          {event: "*", as: "w", where}
        ]
      }) as Rule;
    expect(finds(second({field: "properties.sku", is: sku}))).toEqual([]);
    expect(finds(second({field: "properties.sku", is: {...sku, step: "w"}}))).toEqual([
      'error rule.sequence[2].where.is: no earlier step is called "w": did you mean "v"?'
    ]);
    expect(finds({event: "*", where: {field: "properties.sku", is: sku}})[0]).toContain(
      "give an earlier step a name, as"
    );
    expect(finds(second({field: "value", at_least: sku}))[0]).toContain(
      "Value (number) does not compare with Article (text)"
    );
    expect(finds({event: "*", where: {field: "properties.sku", is: {profile: "teir"}}})).toEqual([
      'error rule.where.is: unknown attribute "teir": did you mean "tier"?'
    ]);
    expect(finds({event: "*", where: {field: "value", more_than: {profile: {metric: "spend", lookback: "12 months"}}}})).toEqual([]); // prettier-ignore
  });
});

describe("checkRule(rule, fields, context), other audiences and other times", () => {
  it("refuses audiences that there are not and circles, by name", () => {
    expect(finds({audience: "gould"})).toEqual(['error rule.audience: no audience "gould": did you mean "gold"?']);
    expect(finds({any: [{audience: "a", membership: "left", within: "30 days"}]}, "mine")).toEqual([
      'error rule.any[1].audience: audiences in a circle: "mine" refers to "a" refers to "b" refers to "mine"'
    ]);
    expect(finds({audience: "mine"}, "mine")[0]).toContain('"mine" refers to "mine"');
    expect(finds({audience: "a"})).toEqual([]);
    expect(finds({audience: "gold", within: "soon"})[0]).toContain('not a span of time: "soon"');
    expect(finds({audience: "old"})).toEqual(['warning rule.audience: audience "old" is inactive: nobody is in']);
  });

  it("refuses times before the calendar, unknown categories and lists", () => {
    const spend = {decile: "spend", lookback: "12 months", at_most: 1};
    expect(finds({...spend, at: "2023-11-01"})).toEqual([
      "error rule.at: Spend: nothing is kept from 2023-11-01: the calendar begins with 2023-12-01"
    ]);
    expect(finds({...spend, at: "1 month ago", category: "gold"})).toEqual([]);
    expect(finds({...spend, category: "bronze"})).toEqual(['error rule.category: no category "bronze": one of gold, silver']); // prettier-ignore
    expect(finds({attribute: "tier", in_file: "lists/vib.txt"})).toEqual([
      'error rule.in_file: Tier: no list "lists/vib.txt": did you mean "lists/vip.txt"?'
    ]);
    expect(finds({attribute: "tier", in_file: "../secrets"})[0]).toContain("not a file of the workspace");
  });
});

describe("checkRule(rule, fields, context), contradictions", () => {
  it("warns where nobody can be in, and only there", () => {
    const tier = (is: string): Rule => ({attribute: "tier", is});
    expect(finds({all: [tier("gold"), tier("silver")]})[0]).toContain(
      "warning rule: nobody can be in: no value of tier"
    );
    expect(finds({any: [{all: [{attribute: "age", more_than: 5}, {attribute: "age", at_most: 5}]}, tier("a")]})[0]).toContain("rule.any[1]: nobody can be in"); // prettier-ignore
    expect(finds({all: [{event: "*"}, {event: "*", exists: false}]})[0]).toContain("must hold and must not");
    expect(
      finds({
        all: [
          {attribute: "age", at_least: 5},
          {attribute: "age", at_most: 5}
        ]
      })
    ).toEqual([]);
    expect(finds({all: [{attribute: "joined", after: "2024-01-01"}, {attribute: "joined", before: "2024-01-01"}]})).toHaveLength(1); // prettier-ignore
    expect(finds({any: [tier("gold"), tier("silver")]})).toEqual([]);
    expect(finds({all: [tier("gold"), {attribute: "tier", contains: "o"}]})).toEqual([]);
  });
});

describe("contradictions(rule)", () => {
  const tier = (...values: string[]): Rule => ({attribute: "tier", in: values});

  it("looks into alternatives, for what holds beside them", () => {
    const silver = {any: [tier("silver"), {attribute: "age", at_least: 5}]};
    expect(finds({all: [tier("gold"), silver] as Rule[]})).toEqual([
      "warning rule.all[2].any[1]: nobody comes in by this: no value of tier meets all of its conditions"
    ]);
    expect(
      finds({all: [tier("gold"), {any: [tier("silver"), {all: [tier("b", "c"), {attribute: "age", is: 1}]}]}]})
    ).toEqual(["warning rule.all[2]: nobody can be in: what holds beside them rules out every one of these"]);
    expect(finds({all: [tier("gold", "silver"), {none: [tier("gold", "silver", "c")]}]})[0]).toContain(
      "nobody can be in"
    );
    expect(finds({all: [tier("gold", "silver"), {attribute: "tier", is_not: "gold"}]})).toEqual([]);
    expect(finds({none: [tier("gold"), {any: [tier("silver")]}]})).toEqual([]);
  });

  it("reports nothing that takes anybody in", () => {
    const few = fields.filter(({name}) => name === "tier" || name === "age");
    const condition = conditionOn(few, ({type}) => (type === "string" ? fc.constantFrom("gold", "silver") : fc.constantFrom(0, 2, 10)), (operator) => !operator.endsWith("in_file")); // prettier-ignore
    const {tree: anyTree} = fc.letrec<{tree: Rule}>((tie) => ({
      tree: fc.oneof(
        {depthSize: "small"},
        condition,
        fc
          .tuple(fc.constantFrom("all", "any", "none"), fc.array(tie("tree"), {minLength: 1, maxLength: 3}))
          .map(([kind, rules]) => ({[kind]: rules}) as unknown as Rule)
      )
    }));
    const people = fc.sample(profile, {numRuns: 120, seed: 97});
    const never: Rule = {all: [tier("gold"), {none: [tier("gold")]}]};
    let reported = 0;
    for (const drawn of fc.sample(fc.array(anyTree, {minLength: 2, maxLength: 5}), {numRuns: 600, seed: 101})) {
      const rule: Rule = {all: drawn};
      for (const {path} of contradictions(rule)) {
        ++reported;
        const without = replaceAt(
          rule,
          path.filter((key) => typeof key === "number"),
          never
        );
        for (const one of people) expect(holds(rule, one, known, context), JSON.stringify([rule, path])).toBe(holds(without, one, known, context)); // prettier-ignore
      }
    }
    expect(reported).toBeGreaterThan(100);
  });
});

describe("ruleSchema, of events and sequences", () => {
  const mistakes = (value: unknown) =>
    ruleSchema.safeParse(value).error!.issues.map(({path, message}) => `${formatPath(path as string[])}: ${message}`);

  it("says where a rule is malformed and what would be right", () => {
    expect(mistakes({event: "*", wher: {}})).toEqual(['rule.wher: unknown operator "wher": did you mean "where"?']);
    expect(mistakes({event: "*", where: {feild: "value", is: 1}})[0]).toContain('did you mean "field"?');
    expect(mistakes({event: "*", sum: "value"})).toEqual(["rule: sum of what? no operator: at_least, at_most, …"]);
    expect(mistakes({event: "*", sum: "value", max: "value", is: 1})[0]).toContain("2 measures");
    expect(mistakes({event: "*", time: {is: "2024-01-01", in_last: "1 day"}})[0]).toContain("rule.time: 2 operators");
    expect(mistakes({sequence: []})).toEqual(["rule.sequence: at least one step"]);
    expect(mistakes({sequence: [{evnt: "*"}]})[0]).toContain("rule.sequence[1]: neither a condition nor a container");
    expect(mistakes({sequence: [{event: "*", no_event: "*"}]})[0]).toContain("in one place");
    expect(mistakes({audience: "gold", membership: "soon"})).toEqual([
      "rule.membership: one of now, ever, never, left"
    ]);
    expect(mistakes({event: "*", where: {field: "value", in: {profile: "age"}}})).toEqual([
      "rule.where.in: a list of values"
    ]);
    expect(mistakes({metric: "spend", lookback: "12 months", at: "soon", is: 1})[0]).toContain('"3 months ago"');
  });
});
