import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import type {GraphNode, BuildContext} from "../../../loaders/engine/node.js";
import {silent} from "../../../loaders/engine/progress.js";
import type {Workspace} from "../../../loaders/workspace.js";
import {sourceDefinition} from "../../../lib/definitions/source.js";
import {workspaceDefinition} from "../../../lib/definitions/workspace.js";

export const asOf = new Date("2026-04-01T04:00:00Z");

/** A workspace with the given audiences, four profiles of whom one is inactive, and a personal attribute. */
export function testWorkspace(audiences: Record<string, string> = {}, more: object = {}): Workspace {
  const definition = workspaceDefinition.parse({
    name: "Test",
    time_zone: "America/Toronto",
    currency: "CAD",
    lookbacks: ["12 months", "lifetime"],
    buckets: 2,
    category: {attribute: "tier"},
    metrics: {
      spend: {events: ["commerce.purchase"], expression: "sum(value)", unit: "money", label: "Spend"},
      orders: {events: ["commerce.purchase"], expression: "count(*)"}
    },
    ...more
  });
  const members = sourceDefinition.parse({
    kind: "profiles",
    columns: {email: {personal: true}, tier: {}, joined: {type: "date"}, score: {type: "integer"}, note: {}},
    identities: [{namespace: "email", from: "email", primary: true}],
    attributes: {
      tier: {from: "tier", label: "Tier", publish: "rows"},
      joined: {from: "joined", label: "Joined", publish: "rows"},
      score: {from: "score", publish: "rows"},
      email: {from: "email", publish: "rows"},
      note: "note"
    }
  });
  return {
    ...definition,
    root: "/nowhere",
    landing: "/nowhere/landing",
    warehouse: "/nowhere/warehouse",
    sources: [{...members, id: "members", file: "sources/members.yaml"}],
    campaigns: [],
    destinations: [],
    models: [],
    audiences: Object.entries(audiences).map(([id, text]) => ({id, file: `audiences/${id}.yaml`, text}))
  } as unknown as Workspace;
}

/** The tables that the audiences read, made by hand. */
export async function testWarehouse(): Promise<Database> {
  const database = await openDatabase(":memory:");
  await database.run(`
    set timezone = 'UTC';
    attach ':memory:' as records;
    create table records.runs (run_id varchar);
    create schema landing; create schema core; create schema derived; create schema insights; create schema runs;
    create table runs.versions (name varchar, version varchar, stale_since timestamp, stale_reason varchar);
    create table core.events (event_type varchar, profile_id ubigint, event_time timestamp, event_date date, value decimal(18, 4), quantity decimal(18, 4), properties struct(bounce_type varchar), profile_number uinteger);
    create table landing.profile_numbers as select (13 - i)::ubigint as profile_id, i::uinteger as number from range(14) as r(i);
    create table core.profiles as select * from (values
      (1::ubigint, timestamp '2025-01-01 04:30:00', timestamp '2026-03-31 12:00:00', 'gold', date '2020-02-29', 5, 'a@x.org', 'hello'),
      (2::ubigint, timestamp '2025-06-01 12:00:00', timestamp '2026-01-15 12:00:00', 'silver', date '2024-01-01', null, 'b@x.org', null),
      (3::ubigint, timestamp '2025-07-01 12:00:00', timestamp '2025-12-15 12:00:00', null, null, -3, null, null),
      (4::ubigint, timestamp '2023-07-01 12:00:00', timestamp '2023-08-15 12:00:00', 'gold', date '2023-07-01', 5, 'd@x.org', 'Hello')
    ) as t(profile_id, first_event_at, last_event_at, tier, joined, score, email, note);
    create table core.identities as select * from (values
      (1::ubigint, 'email', 'a@x.org', 1::ubigint), (2, 'email', 'b@x.org', 2), (4, 'email', 'd@x.org', 4),
      (3, 'member', 'M3', 3), (13, 'member', 'M1', 1)
    ) as t(identity_id, namespace, value, profile_id);
    create table derived.rfm as select * from (values
      (1::ubigint, 'champions', 0, 4, 100.1, 5, 5, 5), (2::ubigint, 'loyal', 75, 2, 50.2, 4, 4, 4),
      (3::ubigint, 'loyal', 106, 1, 10, 4, 3, 3), (4::ubigint, 'lost', 960, 1, 5, 1, 3, 2)
    ) as t(profile_id, segment, recency_days, frequency, monetary, r, f, m);
    create table derived.deciles as
      select profile_id, metric, lookback, category, bucket, value::decimal(18, 4) as value from (values
      (1::ubigint, 'spend', '12 months', '*', 1, 100.10), (2, 'spend', '12 months', '*', 1, 50.20),
      (3, 'spend', '12 months', '*', 2, 10), (4, 'spend', '12 months', '*', null, 0),
      (1, 'spend', '12 months', 'gold', 1, 100.10),
      (1, 'spend', 'lifetime', '*', 1, 100.10), (2, 'spend', 'lifetime', '*', 1, 50.20),
      (3, 'spend', 'lifetime', '*', 2, 10), (4, 'spend', 'lifetime', '*', 2, 5),
      (1, 'orders', '12 months', '*', 1, 4), (2, 'orders', '12 months', '*', 1, 2),
      (3, 'orders', '12 months', '*', 2, 1), (4, 'orders', '12 months', '*', null, 0),
      (1, 'orders', 'lifetime', '*', 1, 4), (2, 'orders', 'lifetime', '*', 1, 2),
      (3, 'orders', 'lifetime', '*', 2, 1), (4, 'orders', 'lifetime', '*', 2, 1)
    ) as t(profile_id, metric, lookback, category, bucket, value);
  `);
  return database;
}

/** Builds the nodes in the order given, as the runner would. */
export async function build(
  database: Database,
  workspace: Workspace,
  nodes: GraphNode[],
  context: Partial<BuildContext> = {}
): Promise<void> {
  for (const node of nodes) {
    const kind = node.name === "derived.audience_members" ? "view" : "table";
    await node.build({database, workspace, asOf, runId: "test", full: false, progress: silent, ...context});
    await database.run(
      `drop ${kind} if exists ${node.name}; alter ${kind} ${node.name}__new rename to ${node.name.split(".")[1]}`
    );
  }
}
