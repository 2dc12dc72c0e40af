import {afterEach, expect, test} from "vitest";
import {decileCalendar, monthStarts} from "../../../loaders/derive/calendar.js";
import {testWarehouse, type TestEvent, type TestWarehouse, type TestWarehouseOptions} from "../../warehouse.js";
import {build} from "./build.js";

const open: TestWarehouse[] = [];
afterEach(() => {
  for (const warehouse of open.splice(0)) warehouse.close();
});

const asOf = "2026-01-01T00:00:00Z";

async function setUp(options: TestWarehouseOptions) {
  const warehouse = await testWarehouse(options);
  open.push(warehouse);
  return warehouse;
}

const options: TestWarehouseOptions = {
  workspace: {
    lookbacks: ["1 month", "lifetime"],
    buckets: 4,
    min_partition: 1,
    history: 4,
    category: {attribute: "tier"}
  },
  campaigns: {spring: {sent_at: "2025-10-10T09:00:00"}, autumn: {}},
  attributes: {tier: "VARCHAR"}
};

function events(count: number, from: string): TestEvent[] {
  const start = Date.parse(`${from}T00:00:00Z`);
  return Array.from({length: count}, (_, i) => ({
    id: Number(from.replaceAll("-", "")) * 1000 + i,
    type: i % 7 === 0 ? "profile.updated" : "commerce.purchase",
    time: new Date(start + ((i * 37) % 60) * 86_400_000 + i * 1000).toISOString().slice(0, 19),
    profile: `p${(i * i) % 11}`,
    value: (i * 13) % 17,
    properties: {tier: i % 7 === 0 ? ["gold", "silver"][i % 2] : null}
  }));
}

test("the calendar is now, month starts in the workspace's zone, and campaigns' sends", async () => {
  const warehouse = await setUp({
    ...options,
    workspace: {...options.workspace, time_zone: "Europe/Berlin"},
    events: [
      {type: "web.view", time: "2025-09-15T00:00", profile: "a"},
      {type: "campaign.assigned", time: "2025-11-11T08:00", profile: "a", campaign: "autumn"},
      {type: "email.sent", time: "2025-11-12T08:00", profile: "a", campaign: "autumn"}
    ]
  });
  await build(warehouse, "2025-12-31T23:00:00Z", {only: "core.profiles"});
  const calendar = await decileCalendar(warehouse.database, warehouse.workspace, new Date("2025-12-31T23:00:00Z"));
  expect(calendar.map((instant) => instant.toISOString())).toEqual([
    "2025-09-30T22:00:00.000Z",
    "2025-10-10T07:00:00.000Z",
    "2025-10-31T23:00:00.000Z",
    "2025-11-11T08:00:00.000Z",
    "2025-11-30T23:00:00.000Z",
    "2025-12-31T23:00:00.000Z"
  ]);
});

test("monthStarts() are those before the instant, which may be one itself", () => {
  expect(monthStarts(new Date(asOf), 2, "UTC").map((start) => start.toISOString().slice(0, 10))).toEqual([
    "2025-12-01",
    "2025-11-01"
  ]);
  expect(monthStarts(new Date("2025-12-31T23:00:00Z"), 1, "UTC")[0]!.toISOString().slice(0, 10)).toBe("2025-12-01");
});

test("incremental snapshots equal a full build, whatever came late, and only what changed is computed", async () => {
  const warehouse = await setUp({...options, events: events(120, "2025-09-01")});
  const {database} = warehouse;
  const content = () =>
    database.value("select string_agg(s::varchar, ';' order by s::varchar) from derived.decile_snapshots s");
  const marked = async () => {
    const rows = await database.rows<{as_of: Date}>(
      "select distinct as_of from derived.decile_snapshots where value = 123456 order by 1"
    );
    return rows.map((row) => row.as_of.toISOString().slice(0, 10));
  };
  const steps: {add?: TestEvent[]; at?: string; kept: string[]}[] = [
    {add: events(10, "2025-11-20"), kept: ["2025-10-01", "2025-10-10", "2025-11-01"]},
    {
      add: [{id: 1, type: "commerce.purchase", time: "2025-10-10T09:00:00", profile: "p1", value: 3}],
      kept: ["2025-10-01", "2025-10-10"]
    },
    {
      add: [{id: 2, type: "profile.updated", time: "2025-10-05T00:00", profile: "p2", properties: {tier: "new"}}],
      kept: ["2025-10-01"]
    },
    {at: "2026-03-01T00:00:00Z", kept: ["2025-10-10", "2025-11-01", "2025-12-01"]}
  ];
  let at = asOf;
  await build(warehouse, at, {only: "derived.decile_snapshots"});
  for (const step of steps) {
    // A tampered value shows which partitions were left alone; then they are put right again.
    await database.run("create or replace table saved as from derived.decile_past");
    await database.run("update derived.decile_past set value = 123456");
    if (step.add) await warehouse.add(step.add);
    at = step.at ?? at;
    await build(warehouse, at, {only: "derived.decile_snapshots"});
    expect(await marked()).toEqual(step.kept);
    await database.run(`
      update derived.decile_past as s set value = saved.value from saved
      where s.value = 123456 and saved.profile_id = s.profile_id and saved.metric = s.metric
        and saved.lookback = s.lookback and saved.category = s.category and saved.as_of = s.as_of`);
    const incremental = await content();
    await build(warehouse, at, {only: "derived.decile_snapshots", full: true});
    expect(await content()).toBe(incremental);
  }
});

test("a snapshot says what the deciles said then", async () => {
  const warehouse = await setUp({...options, events: events(120, "2025-09-01")});
  const {database} = warehouse;
  await build(warehouse, "2025-11-01T00:00:00Z", {only: "derived.deciles"});
  await database.run(`create table before as select profile_id, metric, lookback, category, bucket, reason, percentile,
    value, as_of from derived.deciles`);
  await build(warehouse, asOf, {only: "derived.decile_snapshots"});
  const differing = (a: string, b: string) => database.value(`select count(*) from (${a} except all ${b})`);
  const snapshot = "from derived.decile_snapshots where as_of = timestamp '2025-11-01'";
  expect(await differing(snapshot, "from before")).toBe(0);
  expect(await differing("from before", snapshot)).toBe(0);
});

test("the decile when mailed is that of the interval the send falls in, from events strictly before it", async () => {
  const warehouse = await setUp({
    ...options,
    campaigns: {spring: {sent_at: "2025-10-10T09:00:00Z"}},
    events: [
      {type: "commerce.purchase", time: "2025-09-20T00:00", profile: "a", value: 5},
      {type: "commerce.purchase", time: "2025-10-10T08:59:59", profile: "a", value: 2},
      {type: "commerce.purchase", time: "2025-10-10T09:00:00", profile: "a", value: 100},
      {type: "commerce.purchase", time: "2025-12-30T00:00", profile: "a", value: 1000}
    ]
  });
  await build(warehouse, asOf, {only: "derived.decile_history"});
  const valueAt = (sent: string) =>
    warehouse.database.value(
      `select value from derived.decile_history
       where lookback = 'lifetime' and category = '*' and valid_from <= $sent::timestamp
         and (valid_to is null or $sent::timestamp < valid_to)`,
      {sent}
    );
  expect(await valueAt("2025-10-10 08:59:59")).toBe(5);
  expect(await valueAt("2025-10-10 09:00:00")).toBe(7);
  expect(await valueAt("2025-10-11 09:00:00")).toBe(7);
  expect(await valueAt("2025-11-01 00:00:00")).toBe(107);
  expect(await valueAt("2026-05-01 00:00:00")).toBe(1107);
});
