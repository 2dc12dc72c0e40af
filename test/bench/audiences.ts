import {mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {sourceDefinition} from "../../lib/definitions/source.js";
import type {Rule} from "../../lib/rules/rule.js";
import {workspaceDefinition} from "../../lib/definitions/workspace.js";
import {audienceNodes} from "../../loaders/audiences/audiences.js";
import {countRule} from "../../loaders/audiences/countRule.js";
import {derive} from "../../loaders/derive/derive.js";
import type {Database} from "../../loaders/engine/database.js";
import {silent} from "../../loaders/engine/progress.js";
import {bumpVersion} from "../../loaders/engine/versions.js";
import {openWarehouse} from "../../loaders/engine/warehouse.js";
import type {Workspace} from "../../loaders/workspace.js";
import {clock, median, runs, seconds, type Row} from "./report.js";

const profiles = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000);
const count = Number(process.env.BENCH_AUDIENCES ?? 500);
const asOf = new Date("2026-01-01T00:00:00Z");
/** Seconds that everything about the audiences of a refresh may take. */
const target = 60;

/** Evaluates many audiences over synthetic profiles and ten events of each: the first time, and on the next day. */
export async function audiencesBench(): Promise<Row[]> {
  const root = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "tenfold-audiences-"));
  try {
    const workspace = benchWorkspace(root);
    const database = await openWarehouse(workspace);
    try {
      await fill(database);
      const first = await evaluate(database, workspace, asOf);
      const next = await evaluate(database, workspace, new Date(asOf.getTime() + 86_400_000));
      const members = await database.value<number>("select count(*) from derived.audience_now");
      const what = `${count} audiences over ${profiles.toLocaleString("en-US")} profiles and ${(10 * profiles).toLocaleString("en-US")} events, ${members!.toLocaleString("en-US")} memberships`;
      return [
        row(`${what}, evaluated first`, first),
        row(`${what}, on the next day`, next),
        ...(await eventCountRows(database, workspace))
      ];
    } finally {
      database.close();
    }
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
}

function row(what: string, {total, slowest}: {total: number; slowest: string}): Row {
  return {what, measured: `${seconds(total)} (${slowest})`, against: `${target} s`, ratio: total / target, target: 1};
}

async function evaluate(database: Database, workspace: Workspace, at: Date) {
  const segments = new Set(["insights.segment_profiles", "insights.segment_fields", "insights.segment_events"]);
  const all = await audienceNodes(database, workspace);
  const nodes = all.filter(({name}) => name.startsWith("derived.") && !segments.has(name));
  const start = clock();
  const reports = await derive(database, workspace, nodes, {asOf: at, progress: silent, runId: at.toISOString()});
  const total = (clock() - start) / 1000;
  const failed = reports.find(({status}) => status === "failed");
  if (failed) throw new Error(failed.error);
  const slow = [...reports].sort((a, b) => b.seconds - a.seconds).slice(0, 3);
  return {total, slowest: slow.map((one) => `${one.name.split("_").at(-1)} ${seconds(one.seconds)}`).join(", ")};
}

/** How long one rule with an event-count condition takes to be counted, with the value: over all time, and over a year. */
async function eventCountRows(database: Database, workspace: Workspace): Promise<Row[]> {
  const over = `${(10 * profiles).toLocaleString("en-US")} events`;
  const rows: Row[] = [];
  for (const [name, time, since] of [
    ["of all time", {}, "true"],
    ["of a year", {time: {in_last: "12 months"}}, "event_time >= timestamp '2025-01-02'"]
  ] as const) {
    const rule: Rule = {event: "commerce.order", ...time, at_least: 3};
    const counted = await times(() => countRule(database, workspace, rule));
    const floor = await times(() =>
      database.rows(`select count(*) from (
        select profile_id from core.events where event_type = 'commerce.order' and ${since} group by 1 having count(*) >= 3)`)
    );
    rows.push({
      what: `event count ${name}, ${over}: count and value`,
      measured: milliseconds(counted),
      against: `150 ms; its GROUP BY alone ${milliseconds(floor)}`,
      ratio: counted.wall / 150,
      target: 1
    });
  }
  return rows;
}

interface Times {
  wall: number;
  cpu: number;
}

async function times(work: () => Promise<unknown>): Promise<Times> {
  const [wall, cpu]: [number[], number[]] = [[], []];
  for (let i = 0; i <= runs; ++i) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await work();
    // The first time reads from the disk.
    if (i === 0) continue;
    wall.push(performance.now() - start);
    const {user, system} = process.cpuUsage(used);
    cpu.push((user + system) / 1000);
  }
  return {wall: median(wall), cpu: median(cpu)};
}

function milliseconds({wall, cpu}: Times): string {
  return `${wall.toFixed(0)} ms (${cpu.toFixed(0)} of processor)`;
}

function benchWorkspace(root: string): Workspace {
  mkdirSync(join(root, "landing"));
  const members = sourceDefinition.parse({
    kind: "profiles",
    columns: {member: {}, tier: {}, country: {}, joined: {type: "date"}, score: {type: "integer"}},
    identities: [{namespace: "member", from: "member", primary: true}],
    attributes: {tier: "tier", country: "country", joined: "joined", score: "score"}
  });
  const events = sourceDefinition.parse({
    columns: {member: {}, at: {type: "timestamp"}, amount: {type: "decimal"}, sku: {}},
    identities: [{namespace: "member", from: "member", primary: true}],
    time: "at",
    events: [
      {type: "commerce.order", value: "amount", properties: {sku: "sku"}},
      {type: "web.view", properties: {sku: "sku"}},
      {type: "email.opened"}
    ]
  });
  const definition = workspaceDefinition.parse({
    name: "Bench",
    lookbacks: ["3 months", "12 months"],
    category: {attribute: "tier"},
    metrics: {spend: {events: ["commerce.order"], expression: "sum(value)", unit: "money"}}
  });
  const located = <T extends object>(source: T, id: string) => ({...source, id, file: `sources/${id}.yaml`});
  return {
    ...definition,
    root,
    landing: join(root, "landing"),
    warehouse: join(root, "warehouse"),
    sources: [located({...members, rule: members.id}, "members"), located({...events, rule: events.id}, "events")],
    campaigns: [],
    destinations: [],
    models: [],
    audiences: Array.from({length: count}, (_, i) => {
      return {id: `audience-${i}`, file: `audiences/audience-${i}.yaml`, text: `name: Audience ${i}\n${rule(i)}`};
    })
  } as unknown as Workspace;
}

/** All kinds of rules: what people are, rank and did, in which order, and whether they are in other audiences. */
function rule(i: number): string {
  const tier = ["Basic", "Silver", "Gold"][i % 3];
  const country = ["DE", "FR", "GB", "IT", "ES"][i % 5];
  const windows = ["7 days", "30 days", "90 days", "6 months", "12 months"][i % 5];
  const lookback = i % 2 === 0 ? "12 months" : "3 months";
  const base = `{attribute: tier, is: ${tier}}, {attribute: country, is: ${country}}`;
  switch (i % 10) {
    case 0:
      return `rule: {all: [${base}, {decile: spend, lookback: ${lookback}, at_most: ${1 + (i % 9)}}]}\n`;
    case 1:
      return `rule: {all: [${base}, {metric: spend, lookback: ${lookback}, more_than: ${50 + i}}]}\n`;
    case 2:
    case 3:
      return `rule: {all: [{attribute: country, is: ${country}}, {event: commerce.order, time: {in_last: ${windows}}, at_least: ${1 + (i % 3)}}]}\n`;
    case 4:
      return `rule: {all: [${base}, {event: commerce.order, time: {in_last: ${windows}}, sum: value, at_least: ${100 + i}}]}\n`;
    case 5:
      return `rule: {all: [{attribute: country, is: ${country}}, {event: web.view, where: {field: properties.sku, is: s${i % 40}}, time: {in_last: ${windows}}}, {event: commerce.order, time: {in_last: ${windows}}, exists: false}]}\n`;
    case 6:
      return `rule: {all: [${base}, {event: email.opened, last: event_time, in_last: ${windows}}]}\n`;
    case 7:
      return `rule: {all: [${base}, {sequence: [{event: web.view}, {no_event: commerce.order, within: ${24 * (1 + (i % 4))} hours}], time: {in_last: ${windows}}}]}\n`;
    case 8:
      return `rule: {all: [{audience: audience-${i - 8}}, {none: [{audience: audience-${i - 7}, membership: ever}]}]}\n`;
    default:
      return `rule: {all: [${base}, {attribute: score, between: [${i % 50}, ${50 + (i % 50)}]}]}\nsplit: {holdout: 10}\n`;
  }
}

async function fill(database: Database): Promise<void> {
  await database.run(`
    create table core.profiles as
    select hash(i, 0)::ubigint as profile_id, timestamp '2023-01-01' as first_event_at, timestamp '2025-12-31' as last_event_at,
      ['Basic', 'Silver', 'Gold'][1 + (hash(i, 1) % 3)::integer] as tier,
      ['DE', 'FR', 'GB', 'IT', 'ES'][1 + (hash(i, 2) % 5)::integer] as country,
      date '2023-01-01' + (hash(i, 3) % 900)::integer as joined, (hash(i, 4) % 100)::integer as score
    from range(${profiles}) as r(i) order by 1;
    create table core.identities as
    select profile_id as identity_id, 'member' as namespace, 'M' || row_number() over () as value, profile_id, true as is_primary,
      first_event_at as first_seen, last_event_at as last_seen
    from core.profiles;
    create table landing.profile_numbers as
    select profile_id, (row_number() over (order by hash(profile_id)) - 1)::uinteger as number from core.profiles;
    create table core.events as
    select (i * 10 + j)::uhugeint as event_id, 'events' as source, 1 as batch_id,
      ['commerce.order', 'web.view', 'web.view', 'email.opened'][1 + (hash(i, j, 5) % 4)::integer] as event_type,
      timestamp '2025-12-31 23:00:00' - to_seconds((hash(i, j, 6) % 63072000)::bigint) as event_time, event_time::date as event_date,
      event_time as received_at, hash(i, 0)::ubigint as identity_id, hash(i, 0)::ubigint as profile_id,
      if(event_type = 'commerce.order', (hash(i, j, 7) % 20000) / 100.0, null)::decimal(18, 4) as value, 'USD' as currency,
      null::decimal(18, 4) as quantity, null::varchar as campaign_id, null::varchar as send_id,
      {sku: 's' || hash(i, j, 8) % 40} as properties, n.number as profile_number
    from range(${profiles}) as r(i) cross join range(10) as s(j) join landing.profile_numbers as n on n.profile_id = hash(i, 0)
    order by event_time;
    create table landing.changes (change_id bigint, batch_id integer, earliest timestamp);
    create table derived.deciles as
    with sums as (
      select profile_id, '12 months' as lookback, sum(value) as value from core.events
      where event_time >= timestamp '2025-01-01' group by all
      union all
      select profile_id, '3 months', sum(value) from core.events where event_time >= timestamp '2025-10-01' group by all
    )
    select profile_id, 'spend' as metric, lookback, '*' as category, ntile(10) over (partition by lookback order by value desc)::integer as bucket,
      coalesce(value, 0)::decimal(18, 4) as value
    from sums;
    create table derived.rfm as
    select profile_id, 'loyal' as segment, 1 as recency_days, 1 as frequency, 1 as monetary, 1 as r, 1 as f, 1 as m from core.profiles;
  `);
  for (const table of ["core.profiles", "core.identities", "core.events", "derived.deciles", "derived.rfm"]) {
    await bumpVersion(database, table);
  }
  await database.run("update runs.versions set as_of = $asOf::timestamp where name = 'derived.deciles'", {asOf});
}
