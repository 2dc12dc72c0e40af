import {mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {campaignDefinition} from "../../../lib/definitions/campaign.js";
import {destinationDefinition} from "../../../lib/definitions/destination.js";
import {sourceDefinition} from "../../../lib/definitions/source.js";
import {workspaceDefinition} from "../../../lib/definitions/workspace.js";
import {activate, type ActivateOptions, type ActivateReport} from "../../../loaders/activate/activate.js";
import {rowStatesSql} from "../../../loaders/activate/ledger/tables.js";
import {createLedger} from "../../../loaders/audiences/ledgerTables.js";
import type {Database} from "../../../loaders/engine/database.js";
import {openWarehouse} from "../../../loaders/engine/warehouse.js";
import type {Workspace} from "../../../loaders/workspace.js";
import {testClock} from "./fixture.js";
import {unplaced} from "../../warehouse.js";

export interface SendingOptions {
  destinations: Record<string, object>;
  campaigns?: Record<string, object>;
  /** `workspace.yaml`. */
  workspace?: object;
  /** How many people there are; 1 and up. */
  people?: number;
  env?: Record<string, string>;
}

/** A warehouse with people, an audience `rising`, and what is needed to send them. Close it in the end. */
export interface Sending {
  database: Database;
  workspace: Workspace;
  clock: ReturnType<typeof testClock>;
  /** Says who is in the audience from now on. */
  members(ids: number[]): Promise<void>;
  send(destination: string, options?: Partial<ActivateOptions>): Promise<ActivateReport>;
  /** What the ledger says of each row: person, action, status. */
  ledger(): Promise<{profile_id: number; action: string; status: string}[]>;
  /** Ends the process as far as the warehouse can tell, and begins anew. */
  reopen(): Promise<void>;
  close(): void;
}

export const asOf = new Date("2026-03-01T00:00:00Z");

export async function sendingWarehouse({
  destinations,
  campaigns = {},
  people = 100,
  env = {},
  ...options
}: SendingOptions): Promise<Sending> {
  // prettier-ignore
  const root = mkdtempSync(join(tmpdir(), "tenfold-sending-"));
  mkdirSync(join(root, "destinations"));
  const workspace = testWorkspace(root, destinations, campaigns, options.workspace);
  const clock = testClock(Date.UTC(2026, 2, 2, 9));
  let database = await openWarehouse(workspace);
  await createLedger(database);
  await database.run(`
    create table core.profiles as
      select i::ubigint as profile_id, timestamp '2025-01-01' as first_event_at, timestamp '2026-02-01' as last_event_at,
        'p' || i || '@example.com' as email, 'Person ' || i as name, ['gold', 'silver'][i % 2 + 1] as tier, true as newsletter
      from range(1, ${people + 1}) as r(i);
    create table core.identities as
      select profile_id as identity_id, 'member' as namespace, 'M' || profile_id as value, profile_id, true as is_primary,
        first_event_at as first_seen, last_event_at as last_seen from core.profiles;
    create table core.events (
      event_id uhugeint, event_type varchar, event_time timestamp, profile_id ubigint, campaign_id varchar,
      send_id varchar, value decimal(18, 4), properties struct(bounce_type varchar)
    );
    create table derived.audience_now (audience_id varchar, profile_id ubigint, arm varchar, is_holdout boolean);
    create table derived.deciles as
      select profile_id, 'spend' as metric, '12 months' as lookback, '*' as category, (profile_id % 10 + 1)::integer as bucket,
        (profile_id * 10)::decimal(18, 4) as value from core.profiles;
    create table derived.lifetime_value as
      select profile_id, (profile_id * 2)::decimal(18, 4) as expected_value from core.profiles;
    insert into records.audience_versions values ('rising', 3, 'h', '{}', timestamp '2026-03-01', 'r');
    insert into records.audience_runs (audience_id, as_of, state, version, run_id, evaluated_at, profiles, entered, "left")
      values ('rising', timestamp '2026-03-01', 'published', 3, 'r', timestamp '2026-03-01', 0, 0, 0);
  `);
  const sending: Sending = {
    get database() {
      return database;
    },
    workspace,
    clock,
    async members(ids) {
      await database.run("delete from records.audience_members");
      await database.run(
        `insert into records.audience_members
         select 'rising', unnest(from_json($ids::json, '["UBIGINT"]')), null, timestamp '2026-02-01', null, 'r', 'matched', null, null, 3`,
        {ids: JSON.stringify(ids)}
      );
    },
    send: (destination, more = {}) =>
      activate(database, workspace, {audience: "rising", destination, clock, env, ...more}),
    ledger: () =>
      database.rows(`select profile_id, action, status from ${rowStatesSql} order by ordinal, profile_id, action`),
    async reopen() {
      database.close();
      database = await openWarehouse(workspace);
    },
    close() {
      database.close();
      rmSync(root, {recursive: true, force: true});
    }
  };
  await sending.members(Array.from({length: people}, (_, i) => i + 1));
  return sending;
}

export function testWorkspace(
  root: string,
  destinations: Record<string, object>,
  campaigns: Record<string, object>,
  more: object = {}
): Workspace {
  // prettier-ignore
  const members = sourceDefinition.parse({
    kind: "profiles",
    columns: {id: {}, email: {}, name: {}, tier: {}, newsletter: {type: "boolean"}},
    identities: [{namespace: "member", from: "id", primary: true}],
    attributes: {email: "email", name: "name", tier: {from: "tier", publish: "rows"}, newsletter: "newsletter"}
  });
  return {
    ...workspaceDefinition.parse({
      name: "Test",
      as_of: "2026-02-28",
      lookbacks: ["12 months"],
      metrics: {spend: {events: ["commerce.purchase"], expression: "sum(value)"}},
      ...more
    }),
    mistake: unplaced("workspace.yaml"),
    root,
    landing: join(root, "landing"),
    warehouse: join(root, "warehouse"),
    sources: [
      {...members, rule: members.id, id: "members", file: "sources/members.yaml"} as unknown as Workspace["sources"][0]
    ],
    campaigns: Object.entries(campaigns).map(([id, campaign]) => ({
      ...campaignDefinition.parse({name: id, ...campaign}),
      id,
      file: `campaigns/${id}.yaml`
    })),
    destinations: Object.entries(destinations).map(([id, destination]) => ({
      ...destinationDefinition.parse({name: id, fields: {email: "email", name: "name"}, ...destination}),
      id,
      file: `destinations/${id}.yaml`
    })),
    models: [],
    warnings: [],
    audiences: [{id: "rising", file: "audiences/rising.yaml", text: ""}]
  };
}
