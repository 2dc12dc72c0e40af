import fc from "fast-check";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {Parameters} from "../../../lib/rules/bind.js";
import {canonicalRule, ruleHash} from "../../../lib/rules/canonical.js";
import {checkRule} from "../../../lib/rules/check.js";
import {compileRule} from "../../../lib/rules/compile.js";
import {compilePlan} from "../../../lib/rules/plan.js";
import type {Rule} from "../../../lib/rules/rule.js";
import {anyRule, carried, eventCondition, knownAt, person} from "./arbitraryHistory.js";
import {engines, type Engine} from "./engines.js";
import {isIn} from "./history.js";
import {createWorld, worldOptions} from "./world.js";

/** As-of at a midnight before and after the clocks change, in the middle of a day, and before everything. */
const contexts = [
  {asOf: new Date("2024-03-31T04:00:00Z"), timeZone: "America/Toronto"},
  {asOf: new Date("2024-03-31T22:00:00Z"), timeZone: "Europe/Berlin"},
  {asOf: new Date("2024-03-30T11:17:00Z"), timeZone: "Pacific/Chatham"},
  {asOf: new Date("2019-12-31T18:30:00Z"), timeZone: "Asia/Kolkata"}
];
const batch = 10;

let both: Engine[];
beforeAll(async () => {
  both = await engines();
}, 60_000);
afterAll(() => both.forEach((engine) => engine.close()));

describe("compilePlan(rules, options)", () => {
  it.each(contexts)(
    "agrees with brute force on random rules and histories, $timeZone",
    {timeout: 300_000},
    async (context) => {
      const fields = knownAt(context);
      const options = (["key", "number"] as const).map((by) => worldOptions(fields, context, by));
      const people = fc.sample(person(context), {numRuns: 100, seed: 41});
      for (const engine of both) await createWorld(engine, people, context);
      const drawn = [...fc.sample(anyRule, {numRuns: 100, seed: 43}), ...fc.sample(carried, {numRuns: 30, seed: 73})];
      const rules = drawn.filter((rule) => {
        return checkRule(rule, fields, context).every(({severity}) => severity !== "error");
      });
      for (let i = 0; i < rules.length; i += batch) {
        const some = rules.slice(i, i + batch);
        for (const engine of both) {
          const found = await members(engine, some, options[(i / batch) % 2]!);
          some.forEach((rule, j) => {
            const expected = people.flatMap((one, k) => (isIn(rule, one, fields, context) ? [k] : []));
            expect(found[j], `${engine.name}: ${JSON.stringify(rule)}`).toEqual(expected);
          });
        }
      }
    }
  );
});

describe("compilePlan(rules, {deciding: true})", () => {
  it("leaves out only whom no condition holds for", {timeout: 120_000}, async () => {
    const [context] = contexts as [(typeof contexts)[0]];
    const fields = knownAt(context);
    const options = {...worldOptions(fields, context, "number"), deciding: true};
    const people = fc.sample(person(context), {numRuns: 100, seed: 83});
    for (const engine of both) await createWorld(engine, people, context);
    const plans = fc
      .sample(eventCondition, {numRuns: 200, seed: 89})
      .filter((rule) => checkRule(rule, fields, context).every(({severity}) => severity !== "error"))
      .map((rule): Rule[] => [rule, {none: [rule]}, {any: [{none: [{none: [rule]}]}, {attribute: "tier", is: "gold"}]}])
      .filter((rules) => compilePlan(rules, options).tables()[0]!.sql.includes("having"));
    expect(plans.length).toBeGreaterThan(20);
    for (const rules of plans) {
      for (const engine of both) {
        const expected = await members(engine, rules, worldOptions(fields, context));
        expect(await members(engine, rules, options), `${engine.name}: ${JSON.stringify(rules[0])}`).toEqual(expected);
      }
    }
  });

  it("keeps everybody with such an event where a condition may hold for others", () => {
    const [context] = contexts as [(typeof contexts)[0]];
    const options = {...worldOptions(knownAt(context), context, "number"), deciding: true};
    const sql = (...rules: Rule[]) => compilePlan(rules, options).tables()[0]!.sql;
    expect(sql({event: "buy", at_least: 3})).toMatch(/group by e\.profile_number\n {2}having _0 >= \$\d::double$/);
    expect(sql({event: "buy", at_least: 3}, {event: "view"})).toMatch(
      /having \(_0 >= \$\d::double or _1 >= \$\d::double\)$/
    );
    expect(sql({event: "buy", at_most: 3})).not.toContain("having");
    expect(sql({event: "buy", at_least: 3}, {event: "buy", at_most: 5})).not.toContain("having");
    expect(sql({event: "buy", at_least: 0})).not.toContain("having");
    expect(sql({event: "buy", average: "value", less_than: 3})).not.toContain("having");
  });
});

describe("canonicalRule(rule), with events", () => {
  const [context] = contexts as [(typeof contexts)[0]];
  const fields = knownAt(context);

  it("keeps the meaning", () => {
    const people = fc.sample(person(context), {numRuns: 40, seed: 47});
    for (const rule of fc.sample(anyRule, {numRuns: 300, seed: 53})) {
      const canonical = canonicalRule(rule);
      for (const one of people) {
        expect(isIn(canonical, one, fields, context), JSON.stringify(rule)).toBe(isIn(rule, one, fields, context));
      }
    }
  });

  it("is the same whatever the order of keys and lists, and its own canonical form", () => {
    for (const rule of fc.sample(anyRule, {numRuns: 1000, seed: 59})) {
      expect(ruleHash(reordered(rule)), JSON.stringify(rule)).toBe(ruleHash(rule));
      expect(canonicalRule(canonicalRule(rule))).toEqual(canonicalRule(rule));
      expect(ruleHash({none: [{none: [rule]}]})).toBe(ruleHash(rule));
    }
  });

  it("does not tell apart spellings of counts, spans, steps' names and references", () => {
    const same = (...rules: Rule[]) => expect(new Set(rules.map(ruleHash)).size, JSON.stringify(rules)).toBe(1);
    same({event: "buy"}, {event: ["buy", "buy"], at_least: 1}, {event: "buy", exists: true}, {event: "buy", more_than: 0}); // prettier-ignore
    same({event: "buy", exists: false}, {event: "buy", at_most: 0}, {none: [{event: "buy"}]}, {event: "buy", is: 0});
    same({event: ["buy", "view"], time: {in_last: "1 days"}}, {event: ["view", "buy"], time: {in_last: " 1 day"}});
    same({event: "buy", where: {all: [{any: []}]}}, {event: "buy"});
    same(
      {sequence: [{event: "view", as: "v"}, {event: "buy", within: "1 day", where: {field: "properties.sku", is: {step: "v", field: "properties.sku"}}}]}, // prettier-ignore
      {sequence: [{event: "view", as: "x"}, {event: "buy", as: "y", within: "24 hours", where: {all: [{field: "properties.sku", is: {step: "x", field: "properties.sku"}}]}}]} // prettier-ignore
    );
    same(
      {event: "buy", where: {field: "properties.sku", is: {profile: "tier"}}},
      {event: "buy", where: {field: "properties.sku", is: {profile: {attribute: "tier"}}}}
    );
    same({audience: "kept", membership: "never"}, {none: [{audience: "kept", membership: "ever"}]});
    const other = [{event: "buy"}, {event: "buy", at_least: 2}, {event: "buy", sum: "value", at_least: 1}, {event: "buy", time: {is: "2024-01-01"}}, {event: "buy", time: {is: "2024-01-01", ignore_year: true}}]; // prettier-ignore
    expect(new Set((other as Rule[]).map(ruleHash)).size).toBe(other.length);
  });
});

/** The same rule with its keys and unordered lists the other way round. */
function reordered<T>(value: T, key = ""): T {
  if (Array.isArray(value)) {
    const items = value.map((item) => reordered<unknown>(item));
    return (["between", "around", "rolling", "sequence"].includes(key) ? items : items.toReversed()) as T;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, reordered<unknown>(part, name)]);
  return Object.fromEntries(entries.toReversed()) as T;
}

/** The members of each rule, all of them asked for in one statement. */
async function members(engine: Engine, rules: Rule[], options: ReturnType<typeof worldOptions>): Promise<number[][]> {
  const plan = compilePlan(rules, options);
  let {values} = new Parameters();
  const shared = new Parameters();
  const tables = plan.with(shared);
  values = shared.values;
  const columns = rules.map((rule, i) => {
    const {sql, parameters} = compileRule(rule, {...plan.options, parameters: values});
    values = parameters;
    return `coalesce(${sql}, false) as m${i}`;
  });
  const rows = await engine.rows({
    sql: `${tables}select ${["p.i as i", ...columns].join(", ")} from ${plan.from()} order by p.i`,
    parameters: values
  });
  return rules.map((_, i) => rows.filter((row) => row[`m${i}`]).map((row) => row.i as number));
}
