import {afterEach, expect, test} from "vitest";
import {testWarehouse, type TestEvent, type TestWarehouse, type TestWarehouseOptions} from "../../warehouse.js";
import {build} from "./build.js";

const open: TestWarehouse[] = [];
afterEach(() => {
  for (const warehouse of open.splice(0)) warehouse.close();
});

const asOf = "2026-01-01T00:00:00Z";

async function setUp(options: TestWarehouseOptions, only: string) {
  const warehouse = await testWarehouse(options);
  open.push(warehouse);
  const reports = await build(warehouse, asOf, {only});
  expect(reports.flatMap((report) => report.error ?? [])).toEqual([]);
  return warehouse.database;
}

function purchase(profile: string, time: string, value: number): TestEvent {
  return {type: "commerce.purchase", profile, time: `${time}T12:00`, value};
}

const lifetime = {lookbacks: ["lifetime"], min_partition: 1};

test("core.attributes keeps stays, merges repetitions, and takes the last of one instant", async () => {
  const set = (time: string, tier: string | null, id: number): TestEvent => ({
    id,
    type: "profile.updated",
    profile: "a",
    time: `${time}T00:00`,
    properties: {tier}
  });
  const database = await setUp(
    {
      attributes: {tier: "VARCHAR"},
      events: [
        set("2025-01-01", "silver", 1),
        set("2025-02-01", "silver", 2),
        set("2025-03-01", null, 3),
        set("2025-04-01", "bronze", 4),
        set("2025-04-01", "gold", 5),
        set("2026-01-01", "lead", 6)
      ]
    },
    "core.attributes"
  );
  const rows = await database.rows(
    "select value, valid_from::date as f, valid_to::date as t from core.attributes order by f"
  );
  expect(rows).toEqual([
    {value: "silver", f: "2025-01-01", t: "2025-04-01"},
    {value: "gold", f: "2025-04-01", t: null}
  ]);
});

test("core.attributes stays as it is until an update comes, goes or counts", async () => {
  const set = (time: string, tier: string, profile = "a"): TestEvent => ({
    type: "profile.updated",
    profile,
    time: `${time}T00:00`,
    properties: {tier}
  });
  const warehouse = await testWarehouse({
    attributes: {tier: "VARCHAR"},
    events: [set("2025-01-01", "silver"), set("2026-02-01", "gold")]
  });
  open.push(warehouse);
  const {database} = warehouse;
  const versions = new Set<string>();
  const versionOf = async (options: {asOf?: string; full?: boolean} = {}) => {
    const reports = await build(warehouse, options.asOf ?? asOf, {only: "core.attributes", full: options.full});
    expect(reports.flatMap((report) => report.error ?? [])).toEqual([]);
    const [row] = await database.rows<{version: string; rows: number}>(
      "select version, rows from runs.versions where name = 'core.attributes'"
    );
    expect(row!.rows).toBe(await database.value("select count(*) from core.attributes"));
    versions.add(row!.version);
    return versions.size;
  };
  expect(await versionOf()).toBe(1);
  await warehouse.add([purchase("b", "2025-03-01", 5)]);
  expect(await versionOf()).toBe(1);
  expect(await versionOf({asOf: "2026-01-15T00:00:00Z"})).toBe(1);
  expect(await versionOf({asOf: "2026-03-01T00:00:00Z"})).toBe(2);
  await warehouse.add([set("2025-03-01", "bronze", "b")]);
  expect(await versionOf({asOf: "2026-03-01T00:00:00Z"})).toBe(3);
  await database.run("delete from core.events where properties.tier = 'bronze'");
  await warehouse.add([purchase("b", "2025-03-02", 5)]);
  expect(await versionOf({asOf: "2026-03-01T00:00:00Z"})).toBe(4);
  expect(await database.rows("select value from core.attributes order by value")).toEqual([
    {value: "gold"},
    {value: "silver"}
  ]);
  await database.run("drop table core.attributes");
  await warehouse.add([purchase("b", "2025-03-03", 5)]);
  expect(await versionOf({asOf: "2026-03-01T00:00:00Z"})).toBe(5);
});

test("the wide table and the map say what the tidy one says", async () => {
  const database = await setUp(
    {
      workspace: {lookbacks: ["1 month", "lifetime"], min_partition: 1, buckets: 2, category: {property: "shop"}},
      properties: {shop: "VARCHAR"},
      events: [
        {...purchase("a", "2025-12-24", 5), properties: {shop: "north"}},
        {...purchase("b", "2025-03-01", 9), properties: {shop: null}}
      ]
    },
    "derived.deciles_wide"
  );
  expect(
    await database.rows(`select category, bucket_1_month as m, bucket_lifetime as l from derived.deciles_wide
      join core.identities using (profile_id) order by value, category`)
  ).toEqual([
    {category: "*", m: 2, l: 2},
    {category: "north", m: 2, l: 2},
    {category: "(none)", m: null, l: 2},
    {category: "*", m: null, l: 1}
  ]);
});

test("the map leaves out groups without a bucket", async () => {
  const database = await setUp(
    {
      workspace: {...lifetime, buckets: 2},
      events: [purchase("a", "2025-12-24", 5), {...purchase("b", "2025-01-01", 1), type: "web.view"}]
    },
    "derived.deciles_map"
  );
  expect(await database.rows("select lookback, buckets from derived.deciles_map")).toEqual([
    {lookback: "lifetime", buckets: {"*": 2}}
  ]);
});

test("Gini and Lorenz agree with the textbook, count negatives as none, and know when there is nothing", async () => {
  const values = [1, 2, 3, 4, 0, -5];
  const database = await setUp(
    {
      workspace: {
        ...lifetime,
        metrics: {
          spend: {events: ["commerce.purchase"], expression: "sum(value)"},
          none: {events: ["web.view"], expression: "count(*)"}
        }
      },
      events: values.map((value, i) => purchase(`p${i}`, "2025-05-05", value))
    },
    "derived.lorenz"
  );
  await build(open[0]!, asOf, {only: "derived.concentration"});
  const clipped = [0, 0, 1, 2, 3, 4];
  const gini = clipped.reduce((sum, x, i) => sum + (2 * (i + 1) - 6 - 1) * x, 0) / (6 * 10);
  const rows = await database.rows<{gini: number}>("select metric, n, clipped, gini from derived.concentration");
  expect(rows).toEqual([{metric: "spend", n: 6, clipped: 1, gini: expect.closeTo(gini, 12)}]);
  const curve = await database.rows<{x: number; y: number}>(
    "select share_profiles as x, share_value as y from derived.lorenz order by 1"
  );
  expect(curve).toHaveLength(101);
  for (const {x, y} of curve) {
    const whole = Math.floor(x * 6 + 1e-9);
    const part = clipped.slice(0, whole).reduce((a, b) => a + b, 0) + (x * 6 - whole) * (clipped[whole] ?? 0);
    expect(y).toBeCloseTo(part / 10, 9);
  }
});

test("RFM scores equal values alike, stores its cut points, and calls somebody new who has just begun", async () => {
  const database = await setUp(
    {
      workspace: lifetime,
      events: [
        ...Array.from({length: 8}, (_, i) => purchase(`once${i}`, "2025-01-10", 10)),
        purchase("begun", "2025-12-31", 900),
        ...["2025-10-01", "2025-11-01", "2025-12-30"].map((day) => purchase("regular", day, 50)),
        ...["2024-10-01", "2024-11-01", "2024-12-30"].map((day) => purchase("gone", day, 80))
      ]
    },
    "derived.rfm_cuts"
  );
  const rows = await database.rows<Record<string, unknown>>(
    `select i.value as who, recency_days, frequency, monetary, r, f, m, segment
     from derived.rfm join core.identities i using (profile_id) order by who`
  );
  const once = rows.filter((row) => String(row.who).startsWith("once")).map(({who, ...rest}) => JSON.stringify(rest));
  expect(new Set(once).size).toBe(1);
  const named = Object.fromEntries(rows.map((row) => [row.who, row]));
  expect(named.begun).toMatchObject({recency_days: 1, frequency: 1, monetary: 900, r: 5, segment: "New"});
  expect(named.regular).toMatchObject({recency_days: 2, frequency: 3, r: 5, segment: "Champions"});
  expect(named.gone).toMatchObject({frequency: 3, segment: "Slipping"});
  const cuts = await database.rows(
    "select dimension, score, lower, upper, profiles from derived.rfm_cuts where dimension = 'monetary'"
  );
  expect(cuts.reduce((sum: number, row: any) => sum + row.profiles, 0)).toBe(11);
});

test("cohorts count their months, with zeroes where nobody came back", async () => {
  const database = await setUp(
    {
      workspace: lifetime,
      events: [
        purchase("a", "2025-10-05", 10),
        purchase("a", "2025-12-05", 5),
        purchase("b", "2025-10-31", 1),
        purchase("c", "2025-12-31", 2),
        purchase("d", "2026-01-01", 99)
      ]
    },
    "derived.cohorts"
  );
  expect(
    await database.rows(
      "select cohort_month as m, months_since as s, profiles as n, active as a, value as v, is_complete as c from derived.cohorts"
    )
  ).toEqual([
    {m: "2025-10-01", s: 0, n: 2, a: 2, v: 11, c: true},
    {m: "2025-10-01", s: 1, n: 2, a: 0, v: 0, c: true},
    {m: "2025-10-01", s: 2, n: 2, a: 1, v: 5, c: true},
    {m: "2025-12-01", s: 0, n: 1, a: 1, v: 2, c: true}
  ]);
});

test("migration counts who moved, who fell silent, and who is new", async () => {
  const database = await setUp(
    {
      workspace: {lookbacks: ["1 month"], buckets: 2, min_partition: 1, history: 1, category: {attribute: "tier"}},
      attributes: {tier: "VARCHAR"},
      events: [
        ...["a", "b", "c"].map((profile) => ({
          type: "profile.updated",
          time: "2025-10-01T00:00",
          profile,
          properties: {tier: "gold"}
        })),
        {type: "profile.updated", time: "2025-12-02T00:00", profile: "a", properties: {tier: "lead"}},
        purchase("a", "2025-11-15", 10),
        purchase("b", "2025-11-15", 5),
        purchase("a", "2025-12-15", 5),
        purchase("d", "2025-12-15", 9)
      ]
    },
    "derived.migration"
  );
  const rows = await database.rows<Record<string, any>>(
    "select category, from_bucket, to_bucket, profiles, value_from, value_to from derived.migration order by all"
  );
  expect(rows.map((row) => Object.values(row).join(" "))).toEqual([
    "(none) new 2 1 0 9",
    "* 1 2 1 10 5",
    "* 2 inactive 1 5 0",
    "* inactive inactive 1 0 0",
    "* new 1 1 0 9",
    "gold 1 other 1 10 0",
    "gold 2 inactive 1 5 0",
    "lead other 2 1 0 5"
  ]);
});
