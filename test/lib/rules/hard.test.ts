import fc from "fast-check";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {Parameters} from "../../../lib/rules/bind.js";
import {ruleHash} from "../../../lib/rules/canonical.js";
import {checkRule} from "../../../lib/rules/check.js";
import {compileRule, type Compiled} from "../../../lib/rules/compile.js";
import {describeRule} from "../../../lib/rules/describe.js";
import {catalogue} from "../../../lib/rules/field.js";
import {encodeRule} from "../../../lib/rules/link.js";
import {compilePlan, type Plan} from "../../../lib/rules/plan.js";
import type {Rule} from "../../../lib/rules/rule.js";
import {ruleSchema} from "../../../lib/rules/schema.js";
import {audienceYaml} from "../../../lib/rules/yaml.js";
import {fields as profileFields} from "./arbitrary.js";
import {eventFields, knownAt, person} from "./arbitraryHistory.js";
import {engines, type Engine} from "./engines.js";
import {isIn, type Person} from "./history.js";
import {createWorld, worldOptions} from "./world.js";

const context = {asOf: new Date("2024-03-31T04:00:00Z"), timeZone: "America/Toronto"};
const fields = knownAt(context);
const options = worldOptions(fields, context);
let both: Engine[];
let people: Person[];

beforeAll(async () => {
  both = await engines();
  people = fc.sample(person(context), {numRuns: 40, seed: 71});
  for (const engine of both) await createWorld(engine, people, context);
}, 60_000);
afterAll(() => both.forEach((engine) => engine.close()));

/** One statement that asks for `select` of those whom a planned rule takes in; it may name columns of `p`. */
function planQuery(plan: Plan, rule: Rule, select: string): Compiled {
  const parameters = new Parameters();
  const tables = plan.with(parameters);
  const compiled = compileRule(rule, {...plan.options, parameters: parameters.values});
  return {
    sql: `${tables}select ${select}\nfrom ${plan.from()}\nwhere ${compiled.sql}`,
    parameters: compiled.parameters
  };
}

async function members(rule: Rule, engine: Engine, from = options): Promise<number[]> {
  const rows = await engine.rows(planQuery(compilePlan([rule], from), rule, "p.i as i"));
  return rows.map(({i}) => i as number).sort((a, b) => a - b);
}

const expected = (rule: Rule) => people.flatMap((one, i) => (isIn(rule, one, fields, context) ? [i] : []));

/** Milliseconds of processor time; other work on the machine does not count. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe("a rule of 10,000 conditions", () => {
  /** Different conditions of every kind, in containers of 100. */
  const large = (count: number): Rule => ({
    any: Array.from({length: count / 100}, (_, i) => ({
      [i % 2 === 0 ? "all" : "none"]: Array.from({length: 100}, (_, j): Rule => {
        const n = 100 * i + j;
        if (n % 100 === 7) return {event: "buy", where: {field: "value", more_than: n / 1000}, at_least: 1 + (n % 3)};
        if (n % 3 === 0) return {attribute: "tier", is_not: `no such ${n}`};
        return n % 3 === 1 ? {attribute: "age", less_than: n + 11} : {metric: "spend", lookback: "12 months", at_most: n + 1e6}; // prettier-ignore
      })
    })) as unknown as Rule[]
  });

  it("is checked, described, hashed and compiled in time that grows with its length", {timeout: 60_000}, () => {
    const steps: Record<string, (rule: Rule) => unknown> = {
      parse: (rule) => ruleSchema.parse(rule),
      check: (rule) => checkRule(rule, fields, context),
      describe: (rule) => describeRule(rule, {fields}),
      hash: ruleHash,
      link: encodeRule,
      yaml: (rule) => audienceYaml({name: "Large", rule}),
      compile: (rule) => planQuery(compilePlan([rule], options), rule, "p.i")
    };
    const [small, big] = [large(1000), large(10_000)];
    for (const [name, step] of Object.entries(steps)) {
      for (let i = 0; i < 3; ++i) step(small); // warm
      const one = Math.min(
        cost(() => step(small)),
        cost(() => step(small))
      );
      const ten = Math.min(
        cost(() => step(big)),
        cost(() => step(big))
      );
      expect(ten, `${name}: ${one} ms, ten times as long ${ten} ms`).toBeLessThan(40 * one + 150);
    }
  });

  it("runs on both engines", {timeout: 120_000}, async () => {
    const rule = large(10_000);
    for (const engine of both) expect(await members(rule, engine), engine.name).toEqual(expected(rule));
  });

  it("runs with hundreds of different conditions on events", {timeout: 120_000}, async () => {
    const rule: Rule = {any: Array.from({length: 300}, (_, i) => ({event: "buy", sum: "value", where: {field: "quantity", at_most: i / 100}, more_than: 11 - i / 30}))}; // prettier-ignore
    for (const engine of both) expect(await members(rule, engine), engine.name).toEqual(expected(rule));
  });
});

describe("rules that say nothing, or the impossible", () => {
  it("take in everybody, or nobody", async () => {
    const anybody = {id: "anybody", name: "Anybody", rule: {all: []}};
    const open = {...options, fields: catalogue(profileFields, {...fields, audiences: [anybody]})};
    const all = people.map((_, i) => i);
    for (const engine of both) {
      expect(await members({all: []}, engine)).toEqual(all);
      expect(await members({event: "*", where: {any: []}, at_least: 0}, engine)).toEqual(all);
      expect(await members({all: [{event: "buy"}, {event: "buy", exists: false}]}, engine)).toEqual([]);
      expect(await members({any: [{attribute: "tier", is: "no such"}, {audience: "anybody"}]}, engine, open)).toEqual(
        all
      );
      const january: Rule = {attribute: "joined", before: "2024-01-01", ignore_year: true};
      expect(await members({all: [{attribute: "tier", is: "gold"}, january]}, engine)).toEqual([]);
      expect(
        await members(
          {
            all: [
              {attribute: "age", more_than: 3},
              {attribute: "age", less_than: 3}
            ]
          },
          engine
        )
      ).toEqual([]);
    }
  });

  it("count nothing where as-of lies before the first event", async () => {
    const early = {...options, asOf: new Date("2001-01-01T05:00:00Z")};
    const all = people.map((_, i) => i);
    for (const engine of both) {
      expect(await members({event: "*"}, engine, early)).toEqual([]);
      expect(await members({event: "*", exists: false}, engine, early)).toEqual(all);
      expect(await members({sequence: [{event: "*"}, {no_event: "*", within: "1 hour"}]}, engine, early)).toEqual([]);
      expect(await members({event: "*", last: "event_time", exists: true}, engine, early)).toEqual([]);
      expect(await members({decile: "spend", lookback: "12 months", at: "3 months ago", inactive: true}, engine, early)).toEqual(all); // prettier-ignore
    }
  });
});

describe("names and values with quotes and markup", () => {
  const nasty = `x"y'z <b>&amp;</b> $1::varchar {{}} \\`;
  const known = catalogue(
    [...profileFields, {kind: "attribute", name: nasty, column: nasty, label: nasty, type: "string"}],
    {
      eventTypes: [{name: nasty, label: nasty}],
      eventFields: [...eventFields, {name: `properties.${nasty}`, label: nasty, type: "string"}],
      audiences: [{id: nasty, name: nasty}],
      lists: [{file: `lists/<b>"x'.txt`}]
    }
  );
  const rule: Rule = {
    any: [
      {attribute: nasty, is: nasty},
      {
        event: nasty,
        where: {field: `properties.${nasty}`, is: {profile: nasty}},
        max: `properties.${nasty}`,
        is: nasty
      },
      {sequence: [{event: nasty, as: nasty}, {event: "*", where: {field: `properties.${nasty}`, is: {step: nasty, field: `properties.${nasty}`}}}]}, // prettier-ignore
      {audience: nasty},
      {attribute: "tier", in_file: `lists/<b>"x'.txt`}
    ],
    name: nasty
  };

  it("reach no SQL as text, and stand in the sentence as they are", async () => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const literal = `'${nasty.replaceAll("'", "''")}'`;
    const world = {...options, fields: known, profiles: {table: "odd_profiles", key: "i"}, events: {table: "odd_events", key: "profile_id"}}; // prettier-ignore
    for (const engine of both) {
      await engine.run(`create or replace table odd_profiles as select i, tier, ${literal} || i as ${quoted(nasty)} from profiles;
        create or replace table odd_events as select 3 as profile_id, ${literal} as event_type, timestamp '2024-01-01' as event_time,
          struct_pack(${quoted(nasty)} := ${literal} || '3') as properties
        union all select 4, ${literal}, timestamp '2024-01-01', struct_pack(${quoted(nasty)} := ${literal});`);
      const tier = await engine.rows({sql: "select i from profiles where tier in (from list)", parameters: []});
      const wanted = [...new Set([3 /* refers to its own name */, 4, ...tier.map(({i}) => i as number)])];
      const event = (rule as {any: Rule[]}).any[1]!;
      expect(await members(event, engine, world)).toEqual([]);
      const referring: Rule = {...event, is: `${nasty}3`} as Rule;
      expect(await members(referring, engine, world)).toEqual([3]);
      const all = await members({any: [rule, {event: nasty, last: `properties.${nasty}`, is: nasty}, referring]}, engine, world); // prettier-ignore
      expect(all).toEqual(wanted.sort((a, b) => a - b));
    }
    expect(checkRule(rule, known, context)).toEqual([]);
    expect(describeRule(rule, {fields: known})).toContain(`whose ${nasty} is “${nasty}”`);
  });
});

describe("a rule on what is not there", () => {
  it("is refused by name before anything runs, and again by the compiler", () => {
    for (const rule of [
      {attribute: "teir", is: "gold"},
      {event: "*", where: {field: "properties.skuu", is: "a"}},
      {event: "*", max: "properties.skuu", is: "a"}
    ] as Rule[]) {
      expect(checkRule(rule, fields, context)[0]!.message).toMatch(/unknown .* did you mean/);
      expect(() => planQuery(compilePlan([rule], options), rule, "i")).toThrow(/unknown .* did you mean/);
    }
    const bare = {...options, events: undefined, memberships: undefined};
    expect(() => planQuery(compilePlan([{event: "buy"}], bare), {event: "buy"}, "i")).toThrow(
      "events are not at hand here"
    );
  });

  it("warns of a property that sources declare with different types", () => {
    const mixed = catalogue(profileFields, {
      eventFields: [{name: "properties.size", label: "Size", type: "string", mixed: ["string", "integer"]}]
    });
    expect(checkRule({event: "*", where: {field: "properties.size", is: "12"}}, mixed, context)).toEqual([
      {severity: "warning", path: ["where", "field"], message: "Size is declared as string and integer by different sources, and compared as string"} // prettier-ignore
    ]);
  });
});
