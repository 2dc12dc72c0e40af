import fc from "fast-check";
import {afterEach, describe, expect, test} from "vitest";
import {metricQueries} from "../../../loaders/derive/models/deciles.js";
import {decilesOracle, type OracleOptions} from "../../oracles/deciles.js";
import {testWarehouse, type TestEvent, type TestWarehouse, type TestWarehouseOptions} from "../../warehouse.js";
import {build} from "./build.js";

const open: TestWarehouse[] = [];
afterEach(() => {
  for (const warehouse of open.splice(0)) warehouse.close();
});

const asOf = "2026-01-01T00:00:00Z";

/** The deciles of these events, by person; one metric `spend`. */
async function deciles(events: TestEvent[], options: TestWarehouseOptions & {asOf?: string} = {}) {
  const warehouse = await testWarehouse({events, ...options});
  open.push(warehouse);
  return decilesOf(warehouse, options.asOf);
}

async function decilesOf(warehouse: TestWarehouse, at = asOf) {
  const reports = await build(warehouse, at, {only: "derived.deciles"});
  expect(reports.flatMap((report) => report.error ?? [])).toEqual([]);
  return warehouse.database.rows<Record<string, any>>(
    `select i.value as profile, d.* exclude (profile_id, metric, as_of)
     from derived.deciles d join core.identities i using (profile_id) order by lookback, category, i.value`
  );
}

function purchases(values: (number | null)[], time = "2025-12-20T12:00:00"): TestEvent[] {
  return values.map((value, i) => ({
    type: "commerce.purchase",
    time,
    profile: `p${String(i).padStart(4, "0")}`,
    value
  }));
}

const lifetime = {lookbacks: ["lifetime"]};

describe("golden cases", () => {
  test("23 rows split into buckets of 3, 3, 3, 2, 2, 2, 2, 2, 2, 2", async () => {
    const rows = await deciles(purchases(Array.from({length: 23}, (_, i) => 100 - i)), {
      workspace: {...lifetime, ties: "split"}
    });
    expect(rows.map((row) => row.bucket)).toEqual([
      1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10
    ]);
  });

  test("23 rows without ties stand together in the bucket of their rank", async () => {
    const rows = await deciles(purchases(Array.from({length: 23}, (_, i) => 100 - i)), {workspace: lifetime});
    expect(rows.map((row) => row.bucket)).toEqual(Array.from({length: 23}, (_, i) => Math.ceil((10 * (i + 1)) / 23)));
    expect(rows[0]).toMatchObject({percentile: 100, lower_edge: 99, upper_edge: 100, tied: 1, partition_size: 23});
    expect(rows[22]).toMatchObject({percentile: 0, lower_edge: 78, upper_edge: 80});
  });

  test("7 rows are too few for ten buckets, and enough where the workspace says so", async () => {
    const events = purchases([7, 6, 5, 4, 3, 2, 1]);
    const small = await deciles(events, {workspace: lifetime});
    expect(new Set(small.map((row) => `${row.bucket} ${row.reason} ${row.percentile} ${row.lower_edge}`))).toEqual(
      new Set(["null small_partition null null"])
    );
    expect(small[0]!.partition_size).toBe(7);
    const ranked = await deciles(events, {workspace: {...lifetime, min_partition: 1}});
    expect(ranked.map((row) => row.bucket)).toEqual([2, 3, 5, 6, 8, 9, 10]);
  });

  test("all tied share the middle bucket and the 50th percentile", async () => {
    const rows = await deciles(purchases(Array.from({length: 20}, () => 9.99)), {workspace: lifetime});
    expect(new Set(rows.map((row) => `${row.bucket} ${row.percentile} ${row.tied}`))).toEqual(new Set(["6 50 20"]));
  });

  test("one customer alone is the 100th percentile, in the bucket of the formula", async () => {
    const rows = await deciles(purchases([5]), {workspace: {...lifetime, min_partition: 1}});
    expect(rows).toMatchObject([{bucket: 10, percentile: 100, tied: 1, partition_size: 1}]);
  });

  test("nobody at all makes an empty table", async () => {
    expect(await deciles([])).toEqual([]);
  });

  test("negative totals are ranked, below zero", async () => {
    const events: TestEvent[] = [
      ...purchases([30, 20, 10]),
      {type: "commerce.refund", time: "2025-12-21T00:00", profile: "p0002", value: 10},
      {type: "commerce.refund", time: "2025-12-21T00:00", profile: "p0003", value: 4.5}
    ];
    const metric = {events: ["commerce.purchase"], expression: "sum(value)", sign: "net", unit: "money"};
    const rows = await deciles(events, {workspace: {lookbacks: ["lifetime"], buckets: 4, metrics: {spend: metric}}});
    expect(rows.map((row) => [row.profile, row.value, row.bucket])).toEqual([
      ["p0000", 30, 1],
      ["p0001", 20, 2],
      ["p0002", 0, 3],
      ["p0003", -4.5, 4]
    ]);
  });

  test("people without an event that counts are inactive, under all together alone", async () => {
    const events: TestEvent[] = [
      ...purchases([1, 2]),
      {type: "web.view", time: "2025-12-21T00:00", profile: "seen"},
      {type: "web.view", time: "2026-01-01T00:00", profile: "later"}
    ];
    const rows = await deciles(events, {workspace: {...lifetime, buckets: 2}});
    expect(rows.map((row) => [row.profile, row.bucket, row.reason, row.value])).toEqual([
      ["p0000", 2, null, 1],
      ["p0001", 1, null, 2],
      ["seen", null, "inactive", 0]
    ]);
  });

  test("a category that is null is (none), one called * is not all together", async () => {
    const events = ["gold", null, "*"].flatMap((shop, i) =>
      purchases([1, 2]).map((event) => ({...event, profile: `${i}${event.profile}`, properties: {shop}}))
    );
    const rows = await deciles(events, {
      workspace: {...lifetime, buckets: 2, category: {property: "shop"}},
      properties: {shop: "VARCHAR"}
    });
    const count = (category: string) => rows.filter((row) => row.category === category).length;
    expect(["*", "(*)", "(none)", "gold"].map(count)).toEqual([6, 2, 2, 2]);
  });

  test("who changes tier counts where they were at the event, or where they are as of now", async () => {
    const options = (at: string): TestWarehouseOptions => ({
      workspace: {...lifetime, min_partition: 1, category: {attribute: "tier", at}},
      attributes: {tier: "VARCHAR"},
      events: [
        {type: "profile.updated", time: "2025-01-01T00:00", profile: "a", properties: {tier: "silver"}},
        {type: "commerce.purchase", time: "2025-02-01T00:00", profile: "a", value: 10},
        {type: "profile.updated", time: "2025-06-01T00:00", profile: "a", properties: {tier: "gold"}},
        {type: "commerce.purchase", time: "2025-06-01T00:00", profile: "a", value: 7},
        {type: "profile.updated", time: "2026-01-01T00:00", profile: "a", properties: {tier: "platinum"}}
      ]
    });
    const shown = (rows: Record<string, any>[]) => rows.map((row) => [row.category, row.value]);
    expect(shown(await deciles(options("event").events!, options("event")))).toEqual([
      ["*", 17],
      ["gold", 7],
      ["silver", 10]
    ]);
    expect(shown(await deciles(options("as_of").events!, options("as_of")))).toEqual([
      ["*", 17],
      ["gold", 17]
    ]);
  });
});

describe("windows", () => {
  const windows = async (times: string[], at: string, lookback: string, zone: string) => {
    const events = times.map((time, i) => ({type: "commerce.purchase", time, profile: "a", value: 2 ** i}));
    const rows = await deciles(events, {
      workspace: {lookbacks: [lookback], time_zone: zone, min_partition: 1},
      asOf: at
    });
    return rows[0]?.value;
  };

  test("the first instant counts, the last does not", async () => {
    const times = ["2025-11-30T23:59:59.999", "2025-12-01T00:00", "2025-12-31T23:59:59.999", "2026-01-01T00:00"];
    expect(await windows(times, "2026-01-01T00:00:00Z", "1 month", "UTC")).toBe(2 + 4);
  });

  test("a month back from 31 March begins on the last of February, leap day or not", async () => {
    const times = ["2024-02-28T12:00", "2024-02-29T00:00", "2024-03-30T12:00"];
    expect(await windows(times, "2024-03-31T00:00:00Z", "1 month", "UTC")).toBe(2 + 4);
    expect(await windows(["2025-02-27T12:00", "2025-02-28T00:00"], "2025-03-31T00:00:00Z", "1 month", "UTC")).toBe(2);
  });

  test("a year back from a leap day begins on 28 February", async () => {
    expect(await windows(["2023-02-27T23:59", "2023-02-28T00:00"], "2024-02-29T00:00:00Z", "1 year", "UTC")).toBe(2);
  });

  test("a month over a clock change begins at local midnight", async () => {
    // Berlin: midnight of 1 March is 23:00 UTC the day before, midnight of 1 April 22:00 UTC.
    const times = ["2025-02-28T22:59:59", "2025-02-28T23:00", "2025-03-31T21:59:59", "2025-03-31T22:00"];
    expect(await windows(times, "2025-03-31T22:00:00Z", "1 month", "Europe/Berlin")).toBe(2 + 4);
  });

  test("a day is a local day, though it has 23 hours", async () => {
    const times = ["2025-03-29T22:59:59", "2025-03-29T23:00", "2025-03-30T21:59:59"];
    expect(await windows(times, "2025-03-30T22:00:00Z", "1 day", "Europe/Berlin")).toBe(2 + 4);
  });

  test("lifetime has no start, and adjacent windows add up to their union", async () => {
    const times = ["1997-01-01T00:00", "2025-11-15T00:00", "2025-12-15T00:00"];
    const sum = async (at: string, lookback: string) => (await windows(times, at, lookback, "UTC")) ?? 0;
    const union = await sum("2026-01-01T00:00:00Z", "2 months");
    expect((await sum("2025-12-01T00:00:00Z", "1 month")) + (await sum("2026-01-01T00:00:00Z", "1 month"))).toBe(union);
    expect(await sum("2026-01-01T00:00:00Z", "lifetime")).toBe(7);
  });
});

test("the same deciles come out a hundred times, in whatever order the events stand", async () => {
  const random = seeded(7);
  const events = Array.from({length: 300}, (_, i) => ({
    id: i,
    type: "commerce.purchase",
    time: `2025-${String(1 + Math.floor(random() * 12)).padStart(2, "0")}-15T00:00`,
    profile: `p${Math.floor(random() * 60)}`,
    value: Math.floor(random() * 4),
    properties: {shop: ["a", "b", null][Math.floor(random() * 3)]}
  }));
  const warehouse = await testWarehouse({
    events,
    properties: {shop: "VARCHAR"},
    workspace: {
      category: {property: "shop"},
      metrics: {
        spend: {events: ["commerce.purchase"], expression: "sum(value)", ties: "split"},
        last: {events: ["commerce.purchase"], expression: "last(value)", dedupe: ["properties.shop", "value"]}
      }
    }
  });
  open.push(warehouse);
  const {database} = warehouse;
  await build(warehouse, asOf, {only: "derived.deciles"});
  const queries = metricQueries(warehouse.workspace, [new Date(asOf)]);
  const hash = async () =>
    Promise.all(
      queries.map((sql) => database.value(`select string_agg(d::varchar, ';' order by d::varchar) from (${sql}) d`))
    );
  const first = await hash();
  for (let i = 0; i < 100; ++i) {
    await database.run(`create or replace table core.events as from core.events order by hash(event_id, ${i})`);
    expect(await hash()).toEqual(first);
  }
}, 60_000);

test("a million equal totals rank in seconds", async () => {
  const warehouse = await testWarehouse({workspace: {...lifetime}});
  open.push(warehouse);
  await warehouse.database.run(`
    insert into core.events by name
    select range::uhugeint as event_id, 'commerce.purchase' as event_type, timestamp '2025-06-01' as event_time,
      range::ubigint as profile_id, range::uinteger as profile_number, 29.99 as value from range(1000000)`);
  const start = performance.now();
  await build(warehouse, asOf, {only: "derived.deciles"});
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(
    await warehouse.database.row("select count(*) as n, min(bucket) as low, max(bucket) as high from derived.deciles")
  ).toEqual({n: 1_000_000, low: 6, high: 6});
}, 60_000);

test("random events give the deciles of the oracle", async () => {
  const day = fc.integer({min: 0, max: 420});
  const event = fc.record({
    type: fc.constantFrom("commerce.purchase", "commerce.purchase", "commerce.refund", "profile.updated"),
    time: fc
      .tuple(day, fc.constantFrom(0, 1, 12, 23))
      .map(([days, hours]) => new Date(Date.UTC(2024, 10, 20 + days, hours)).toISOString().slice(0, 19)),
    profile: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "Z", "é"),
    value: fc.option(
      fc.integer({min: 0, max: 8}).map((n) => n / 4),
      {freq: 8}
    ),
    properties: fc.record({
      tier: fc.constantFrom("gold", "silver", null, "*"),
      shop: fc.constantFrom("north", "south", null),
      flight: fc.constantFrom("x", "y", null)
    })
  });
  const option = fc.record({
    kind: fc.constantFrom("sum", "count", "distinct", "min", "max", "last"),
    isNet: fc.boolean(),
    ties: fc.constantFrom("together", "split"),
    buckets: fc.integer({min: 2, max: 12}),
    minPartition: fc.integer({min: 1, max: 4}),
    zone: fc.constantFrom("UTC", "America/New_York", "Europe/Berlin"),
    dedupe: fc.option(fc.constant(["flight"]), {nil: undefined}),
    category: fc.option(fc.constantFrom("property", "at event", "at as_of"), {nil: undefined})
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, {maxLength: 80}), option, async (events, chosen) => {
      const options: OracleOptions = {
        ...(chosen as Omit<OracleOptions, "asOf" | "lookbacks">),
        asOf: new Date(asOf),
        lookbacks: ["1 month", "90 days", "12 months", "lifetime"]
      };
      const category = {
        property: {property: "shop"},
        "at event": {attribute: "tier", at: "event"},
        "at as_of": {attribute: "tier", at: "as_of"}
      };
      const column = chosen.kind === "count" ? "*" : "value";
      const warehouse = await testWarehouse({
        events,
        attributes: {tier: "VARCHAR"},
        properties: {shop: "VARCHAR", flight: "VARCHAR"},
        workspace: {
          time_zone: options.zone,
          lookbacks: options.lookbacks,
          buckets: options.buckets,
          ties: options.ties,
          min_partition: options.minPartition,
          category: options.category && category[options.category],
          metrics: {
            spend: {
              events: ["commerce.purchase"],
              expression: `${options.kind}(${column})`,
              sign: options.isNet ? "net" : "gross",
              dedupe: options.dedupe?.map((name) => `properties.${name}`)
            }
          }
        }
      });
      try {
        const rows = await decilesOf(warehouse);
        const shown = rows.map(({window_start, window_end, ...row}) => JSON.stringify(Object.entries(row).sort()));
        const expected = decilesOracle(events, options).map((row) => JSON.stringify(Object.entries(row).sort()));
        expect(shown.sort()).toEqual(expected.sort());
      } finally {
        warehouse.close();
      }
    }),
    {numRuns: 40, seed: 2026}
  );
}, 120_000);

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
