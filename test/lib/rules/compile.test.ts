import fc from "fast-check";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {canonicalRule, ruleHash} from "../../../lib/rules/canonical.js";
import {checkRule} from "../../../lib/rules/check.js";
import {compileRule} from "../../../lib/rules/compile.js";
import {fieldFamily, subjectFor} from "../../../lib/rules/field.js";
import {inlineParameters} from "../../../lib/rules/inline.js";
import {operatorsOf} from "../../../lib/rules/operators.js";
import type {Rule} from "../../../lib/rules/rule.js";
import {testOf, type Condition} from "../../../lib/rules/subject.js";
import {context, fields, known, profile, rule} from "./arbitrary.js";
import {engines, type Engine} from "./engines.js";
import {holds, lists, type Profile} from "./oracle.js";
import {columnTypes} from "./world.js";

const options = {...context, fields: known, list: () => "list"};
let both: Engine[];
let profiles: Profile[];

beforeAll(async () => {
  both = await engines();
  profiles = fc.sample(profile, {numRuns: 400, seed: 7});
  for (const engine of both) {
    await engine.run(createTable(profiles));
    await engine.run(
      `create table list as select unnest([${[...lists].map((value) => `'${value}'`).join(", ")}]) as value`
    );
  }
}, 60_000);
afterAll(() => both.forEach((engine) => engine.close()));

describe("compileRule(rule, options)", () => {
  it("agrees with brute force on random rules, natively and in WASM", {timeout: 120_000}, async () => {
    await fc.assert(
      fc.asyncProperty(rule, async (tree) => {
        expect(checkRule(tree, known, context).filter(({severity}) => severity === "error")).toEqual([]);
        const expected = members(tree);
        for (const engine of both) expect(await select(engine, tree), engine.name).toEqual(expected);
      }),
      {numRuns: 400, seed: 11}
    );
  });

  it("agrees with brute force on every operator of every type", {timeout: 60_000}, async () => {
    const seen = new Set<string>();
    for (const tree of fc.sample(rule, {numRuns: 6000, seed: 3})) {
      if ("all" in tree || "any" in tree || "none" in tree) continue;
      const key = `${Object.values(tree)[0]}:${testOf(tree as Condition).operator}:${Object.keys(tree)[0]}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const engine of both) expect(await select(engine, tree), `${engine.name} ${key}`).toEqual(members(tree));
    }
    const every = fields.flatMap((field) =>
      operatorsOf(fieldFamily(field)).map(
        (operator) => `${Object.values(subjectFor(field))[0]}:${operator}:${field.kind}`
      )
    );
    expect([...seen].sort()).toEqual(every.sort());
  });

  it("makes none the exact opposite of any, where values are missing too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rule, {minLength: 1, maxLength: 3}), async (rules) => {
        if (members({any: rules}).length === 400 && members({none: rules}).length === 400) return; // says nothing
        const [any, none] = [await select(both[0]!, {any: rules}), await select(both[0]!, {none: rules})];
        expect(any.length + none.length).toBe(profiles.length);
        expect(any.filter((i) => none.includes(i))).toEqual([]);
      }),
      {numRuns: 100, seed: 5}
    );
  });

  it("binds values and quotes names, so that no text reaches the SQL", () => {
    const {sql, parameters} = compileRule({attribute: 'od"d', is: "'; drop table profiles; --"}, options);
    expect(sql).toBe('"od""d" = $1::varchar');
    expect(parameters).toEqual(["'; drop table profiles; --"]);
  });

  it("means the same with its values written in", async () => {
    for (const tree of fc.sample(rule, {numRuns: 150, seed: 13})) {
      const sql = `select i from profiles where ${inlineParameters(compileRule(tree, options))} order by i`;
      const rows = await both[0]!.rows({sql, parameters: []});
      expect(rows.map(({i}) => i)).toEqual(members(tree));
    }
  });

  it("uses nothing that DuckDB-WASM would have to download", () => {
    for (const tree of fc.sample(rule, {numRuns: 500, seed: 17})) {
      expect(compileRule(tree, options).sql).not.toMatch(/timezone|json|strptime|collate|at time zone|regexp/i);
    }
  });
});

describe("canonicalRule(rule)", () => {
  it("keeps the meaning", () => {
    for (const tree of fc.sample(rule, {numRuns: 300, seed: 19})) {
      expect(members(canonicalRule(tree))).toEqual(members(tree));
    }
  });

  it("is the same whatever the order, and its own canonical form", () => {
    fc.assert(
      fc.property(rule, (tree) => {
        expect(ruleHash(reversed(tree))).toBe(ruleHash(tree));
        expect(canonicalRule(canonicalRule(tree))).toEqual(canonicalRule(tree));
        expect(ruleHash({none: [{none: [tree]}]})).toBe(ruleHash(tree));
        expect(ruleHash({all: [{any: []}, tree, {none: [{all: []}]}]})).toBe(ruleHash(tree));
      }),
      {numRuns: 500, seed: 23}
    );
  });
});

function members(tree: Rule): number[] {
  return profiles.flatMap((p, i) => ((holds(tree, p, known, context) ?? true) ? [i] : []));
}

async function select(engine: Engine, tree: Rule): Promise<number[]> {
  const {sql, parameters} = compileRule(tree, options);
  const rows = await engine.rows({sql: `select i from profiles where ${sql} order by i`, parameters});
  return rows.map(({i}) => i as number);
}

function reversed(tree: Rule): Rule {
  return JSON.parse(JSON.stringify(tree), (key, value: unknown) => {
    return Array.isArray(value) && !["between", "around", "rolling"].includes(key) ? value.reverse() : value;
  }) as Rule;
}

function createTable(rows: Profile[]): string {
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const literal = (v: unknown) => (typeof v === "string" ? `'${v.replaceAll("'", "''")}'` : String(v));
  const columns = fields.map((f) => `${quote(f.column)} ${f.kind === "decile" ? "utinyint" : columnTypes[f.type]}`);
  const values = rows.map((row, i) => `(${[i, ...fields.map((f) => literal(row[f.column]))].join(", ")})`);
  return `create table profiles (i integer, ${columns.join(", ")}); insert into profiles values ${values.join(",\n")}`;
}
