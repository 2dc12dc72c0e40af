import fc from "fast-check";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {readBitstring, type Bits} from "../../../lib/rules/bits.js";
import {
  bitsQuery,
  categoriesQuery,
  numbersQuery,
  placesQuery,
  profileColumnsQuery
} from "../../../lib/rules/columnQueries.js";
import {compileRule} from "../../../lib/rules/compile.js";
import type {CountOptions} from "../../../lib/rules/count.js";
import {DragCounts, type Bins} from "../../../lib/rules/drag.js";
import {evaluateRule, leavesOf} from "../../../lib/rules/evaluate.js";
import {catalogue, fieldOf} from "../../../lib/rules/field.js";
import {binsOf, gridIndex, gridOver, gridValue} from "../../../lib/rules/grid.js";
import type {Rule} from "../../../lib/rules/rule.js";
import type {Condition} from "../../../lib/rules/subject.js";
import {tally, type ProfileColumns, type Part} from "../../../lib/rules/tally.js";
import {context} from "./arbitrary.js";
import {engines, type Engine} from "./engines.js";

const known = catalogue([
  {kind: "attribute", name: "tier", column: "tier", label: "Tier", type: "string"},
  {kind: "attribute", name: "age", column: "age", label: "Age", type: "integer"},
  {kind: "metric", name: "spend", lookback: "12 months", column: "spend", label: "Spend", type: "number"},
  {kind: "decile", name: "spend", lookback: "12 months", column: "decile", label: "Spend", type: "integer", buckets: 10}
]);
const options: CountOptions = {
  ...context,
  fields: known,
  table: "profiles",
  measure: {metric: "spend", lookback: "12 months"}
};
let both: Engine[];

beforeAll(async () => {
  both = await engines();
  for (const engine of both) {
    await engine.run(`create table profiles as
      select i::uinteger as row, i::varchar as id, ['a', 'b', '(none)'][1 + (i % 3)::integer] as category,
        ['gold', 'silver', null][1 + (hash(i) % 3)::integer] as tier,
        case when i % 11 > 0 then (hash(i, 1) % 90)::integer end as age,
        case when i % 13 > 0 then (hash(i, 2) % 2000)::double / 10 - 5 end as spend,
        case when i % 13 > 0 then 1 + (hash(i, 3) % 10)::integer end::utinyint as decile
      from range(2997) r(i)`);
  }
}, 60_000);
afterAll(() => both.forEach((engine) => engine.close()));

const grid = {start: 0, step: 5, scale: 10, steps: 200};
const onGrid = fc.integer({min: 0, max: 200}).map((i) => gridValue(grid, i));
const dragged: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .tuple(fc.constantFrom("at_least", "at_most", "more_than", "less_than"), onGrid)
    .map(([operator, v]) => ({metric: "spend", lookback: "12 months", [operator]: v}) as Condition),
  fc
    .tuple(onGrid, onGrid)
    .map(([a, b]): Condition => ({metric: "spend", lookback: "12 months", between: [Math.min(a, b), Math.max(a, b)]}))
);

/** Rules of every shape, empty containers and denied nulls among them. */
const {tree} = fc.letrec<{tree: Rule; leaf: Rule}>((tie) => ({
  leaf: fc.constantFrom<Rule>(
    {attribute: "tier", is: "gold"},
    {attribute: "tier", not_in: ["silver"]},
    {attribute: "tier", exists: false},
    {attribute: "age", at_least: 40},
    {attribute: "age", between: [10, 50]},
    {metric: "spend", lookback: "12 months", less_than: 100},
    {decile: "spend", lookback: "12 months", in: [1, 2, 3]},
    {decile: "spend", lookback: "12 months", inactive: true}
  ),
  tree: fc.oneof(
    {depthSize: "medium", maxDepth: 4},
    tie("leaf"),
    fc
      .tuple(fc.constantFrom("all", "any", "none"), fc.array(tie("tree"), {maxLength: 3}))
      .map(([kind, rules]) => ({[kind]: rules}) as unknown as Rule)
  )
}));

describe("evaluateRule(rule)", () => {
  it("takes in whom the compiler's SQL takes in, with their value and splits, on both engines", async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (rule) => {
        for (const engine of both) {
          const bitsOf = await answersOf(engine, rule);
          const counted = tally(evaluateRule(rule, {n: profiles, bitsOf}), await columnsOf(engine));
          expectSame(counted, await count(engine, rule));
        }
      }),
      {numRuns: 30, seed: 2}
    );
  });
});

describe("DragCounts", () => {
  it("gives what a query gives for every place of the slider, wherever the condition stands", async () => {
    const shapes = fc.constantFrom<(c: Condition) => Rule>(
      (c) => c,
      (c) => ({all: [{attribute: "tier", is: "gold"}, c]}),
      (c) => ({any: [{attribute: "tier", is: "gold"}, c]}),
      (c) => ({none: [c, {attribute: "age", less_than: 20}]}),
      (c) => ({all: [{any: [{none: [c]}, {attribute: "age", at_least: 60}]}, {attribute: "tier", not_in: ["silver"]}]})
    );
    await fc.assert(
      fc.asyncProperty(shapes, dragged, dragged, async (shape, grabbed, now) => {
        const rule = shape(grabbed);
        for (const engine of both) {
          const counts = await drag(engine, rule, grabbed, {grid});
          expectSame(counts.summary(now)!, await count(engine, shape(now)));
        }
      }),
      {numRuns: 30, seed: 3}
    );
  });

  it("gives what a query gives for every choice of deciles", async () => {
    const values = Array.from({length: 10}, (_, i) => i + 1);
    const subject = {decile: "spend", lookback: "12 months"};
    await fc.assert(
      fc.asyncProperty(fc.subarray(values, {minLength: 1}), fc.boolean(), async (chosen, denied) => {
        const shape = (c: Condition): Rule => ({all: [{attribute: "age", at_least: 20}, c]});
        const grabbed: Condition = {...subject, in: [1]};
        const now: Condition = denied ? {...subject, not_in: chosen} : {...subject, in: chosen};
        for (const engine of both) {
          const counts = await drag(engine, shape(grabbed), grabbed, {values});
          expectSame(counts.summary(now)!, await count(engine, shape(now)));
        }
      }),
      {numRuns: 40, seed: 4}
    );
  });

  it("does not answer what its bins do not tell", async () => {
    const grabbed: Condition = {attribute: "tier", in: ["gold"]};
    const counts = await drag(both[0]!, grabbed, grabbed, {values: ["gold"]});
    expect(counts.summary({attribute: "tier", in: ["silver"]})).toBeUndefined();
    expect(counts.summary({attribute: "tier", contains: "o"})).toBeUndefined();
  });
});

describe("gridOver(quantiles)", () => {
  it("spans round numbers that are exactly what their spelling says", () => {
    fc.assert(
      fc.property(fc.array(fc.double({min: -1e9, max: 1e9, noNaN: true}), {minLength: 2, maxLength: 23}), (values) => {
        const g = gridOver(values.sort((a, b) => a - b));
        expect(gridValue(g, 0)).toBeLessThanOrEqual(values[0]! + 1e-6);
        expect(g.steps).toBeLessThanOrEqual(402);
        for (const i of [0, 1, g.steps]) {
          const value = gridValue(g, i);
          expect(gridValue(g, gridIndex(g, value))).toBe(value);
          expect(gridIndex(g, value)).toBe(i);
          expect(Number(value.toPrecision(15))).toBe(value);
        }
      }),
      {seed: 5}
    );
  });

  it("takes whole steps for whole numbers, and leaves a long tail beyond its end", () => {
    expect(gridOver([0, 1, 2, 3])).toEqual({start: 0, step: 1, scale: 1, steps: 3});
    const quantiles = [...Array.from({length: 20}, (_, i) => i), 20, 30, 5000];
    expect(gridValue(gridOver(quantiles), gridOver(quantiles).steps)).toBe(20);
  });
});

// No multiple of eight, nor of thirty-two.
const profiles = 2997;

const columns = new Map<Engine, Promise<ProfileColumns>>();

/** What the page reads of an engine once. */
function columnsOf(engine: Engine): Promise<ProfileColumns> {
  if (!columns.has(engine)) columns.set(engine, readColumns(engine));
  return columns.get(engine)!;
}

async function readColumns(engine: Engine): Promise<ProfileColumns> {
  const names = await engine.rows(categoriesQuery(options));
  const rows = await engine.rows(profileColumnsQuery(options));
  const [category, decile, value] = [new Uint16Array(profiles), new Uint8Array(profiles), new Float64Array(profiles)];
  for (const row of rows as {row: number; category: number; decile: number; value: number}[]) {
    category[row.row] = row.category;
    decile[row.row] = row.decile;
    value[row.row] = row.value;
  }
  return {n: profiles, categories: names.map((row) => row.category as string), category, decile, value, buckets: 10};
}

async function answersOf(engine: Engine, rule: Rule, except?: Rule): Promise<(condition: Rule) => Bits> {
  const leaves = leavesOf(rule).filter((leaf) => leaf !== except);
  if (leaves.length === 0) return () => new Uint32Array(0);
  const [row] = await engine.rows(bitsQuery(leaves, profiles, options));
  const bits = new Map(leaves.map((leaf, i) => [leaf, readBitstring(bytesOf(row![`b${i}`]), profiles)]));
  return (leaf) => bits.get(leaf)!;
}

// The native client writes a blob as text, `\\x00` for a byte that is no letter; DuckDB-WASM gives its bytes.
function bytesOf(blob: unknown): Uint8Array | null {
  if (typeof blob !== "string") return blob as Uint8Array | null;
  return Uint8Array.from(blob.matchAll(/\\x([0-9A-F]{2})|[^]/g), ([text, hex]) =>
    hex === undefined ? text.charCodeAt(0) : parseInt(hex, 16)
  );
}

async function drag(engine: Engine, rule: Rule, condition: Condition, bins: Bins): Promise<DragCounts> {
  const field = fieldOf(condition, known);
  let bin: Uint16Array = new Uint16Array(profiles);
  if ("grid" in bins) {
    const values = new Float64Array(profiles);
    const rows = (await engine.rows(numbersQuery(field, options))) as {value: number | null}[];
    rows.forEach(({value}, row) => (values[row] = value ?? NaN));
    bin = binsOf(bins.grid, values);
  } else {
    const rows = (await engine.rows(placesQuery(field, bins.values, options))) as {value: number}[];
    rows.forEach(({value}, row) => (bin[row] = value));
  }
  const bitsOf = await answersOf(engine, rule, condition);
  const assuming = (value: boolean) => evaluateRule(rule, {n: profiles, bitsOf, assume: {node: condition, value}});
  return new DragCounts(bins, {holds: assuming(true), fails: assuming(false), bin}, await columnsOf(engine));
}

async function count(engine: Engine, rule: Rule) {
  const {sql, parameters} = compileRule(rule, options);
  const counted = `select category, decile, count(*) as profiles, sum(spend) as value from profiles where ${sql} group by all`;
  const rows = (await engine.rows({sql: counted, parameters})) as {
    category: string;
    decile: number | null;
    profiles: number;
    value: number | null;
  }[];
  const by = <K>(key: (row: (typeof rows)[number]) => K) => {
    const parts = new Map<K, Part>();
    for (const row of rows) {
      const part = parts.get(key(row)) ?? {profiles: 0, value: 0};
      parts.set(key(row), {profiles: part.profiles + row.profiles, value: part.value + (row.value ?? 0)});
    }
    return parts;
  };
  const total = by(() => null).get(null) ?? {profiles: 0, value: 0};
  return {...total, categories: by((row) => row.category), deciles: by((row) => row.decile)};
}

function expectSame(actual: Awaited<ReturnType<typeof count>>, expected: Awaited<ReturnType<typeof count>>) {
  expect(actual.profiles).toBe(expected.profiles);
  expect(actual.value).toBeCloseTo(expected.value, 6);
  for (const dimension of ["categories", "deciles"] as const) {
    for (const [key, part] of actual[dimension] as Map<unknown, Part>) {
      const other = (expected[dimension] as Map<unknown, Part>).get(key) ?? {profiles: 0, value: 0};
      expect(part.profiles).toBe(other.profiles);
      expect(part.value).toBeCloseTo(other.value, 6);
    }
  }
}
