import {mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {localDate} from "../lib/calendar.js";
import {campaignDefinition} from "../lib/definitions/campaign.js";
import {sourceDefinition} from "../lib/definitions/source.js";
import {workspaceDefinition} from "../lib/definitions/workspace.js";
import {quoteText} from "../lib/sql.js";
import type {Database} from "../loaders/engine/database.js";
import {bumpVersion} from "../loaders/engine/versions.js";
import {openWarehouse} from "../loaders/engine/warehouse.js";
import type {Workspace} from "../loaders/workspace.js";

/** An event as tests write it. */
export interface TestEvent {
  type: string;
  /** ISO time; without an offset UTC. */
  time: string;
  /** The person: any text; `profileId` tells its id. */
  profile: string;
  /** Breaks ties of time; default: the place in the list. */
  id?: number;
  value?: number | string | null;
  quantity?: number | string | null;
  campaign?: string;
  send?: string;
  properties?: Record<string, unknown>;
}

export interface TestWarehouseOptions {
  /** `workspace.yaml` as an object; name and metrics have defaults. */
  workspace?: Record<string, unknown>;
  campaigns?: Record<string, Record<string, unknown>>;
  /** Attributes of kind-profiles source `members`: SQL type by name. */
  attributes?: Record<string, "VARCHAR" | "BIGINT" | "DECIMAL(18,4)" | "DOUBLE" | "BOOLEAN" | "DATE" | "TIMESTAMP">;
  /** Further properties of events: SQL type by name. */
  properties?: TestWarehouseOptions["attributes"];
  models?: Record<string, string>;
  events?: TestEvent[];
  /** SQL run once the tables are there. */
  setup?: string;
}

export interface TestWarehouse {
  database: Database;
  workspace: Workspace;
  /** Adds events as a batch of its own, as an ingestion would. */
  add(events: TestEvent[]): Promise<void>;
  close(): void;
}

/** A warehouse in a temporary folder with these events, as if ingested. Close it in the end. */
export async function testWarehouse(options: TestWarehouseOptions = {}): Promise<TestWarehouse> {
  const workspace = testWorkspace(options);
  const database = await openWarehouse(workspace);
  const fields = Object.entries({...options.attributes, ...options.properties}).sort(([a], [b]) => (a < b ? -1 : 1));
  const struct = fields.length > 0 ? fields.map(([name, type]) => `${name} ${type}`).join(", ") : "_ varchar";
  await database.run(`
    create table core.events (
      event_id uhugeint, source varchar, batch_id integer, event_type varchar, event_time timestamp, event_date date,
      received_at timestamp, identity_id ubigint, profile_id ubigint, value decimal(18,4), currency varchar,
      quantity decimal(18,4), campaign_id varchar, send_id varchar, properties struct(${struct}), profile_number uinteger
    );
    create table landing.profile_numbers (profile_id ubigint, number uinteger);
    create table core.identities (
      identity_id ubigint, namespace varchar, value varchar, profile_id ubigint, is_primary boolean,
      first_seen timestamp, last_seen timestamp
    );
    create table landing.changes (change_id bigint, batch_id integer, earliest timestamp);
    create table landing.batches (
      batch_id integer, source varchar, file varchar, sha256 varchar, definition_hash varchar, bytes ubigint,
      rows ubigint, loaded ubigint, rejected ubigint, duplicates ubigint, skipped ubigint, events ubigint,
      status varchar, error varchar, started_at timestamp, finished_at timestamp
    );
    create table landing.rejects (
      batch_id integer, source varchar, file varchar, line ubigint, column_name varchar, value varchar, code varchar,
      message varchar, raw varchar
    );
  `);
  await emptyLedger(database);
  if (options.setup) await database.run(options.setup);
  const shape = {
    event_id: "UHUGEINT",
    event_type: "VARCHAR",
    event_time: "TIMESTAMP",
    event_date: "DATE",
    person: "VARCHAR",
    profile_id: "UBIGINT",
    value: "DECIMAL(18,4)",
    quantity: "DECIMAL(18,4)",
    campaign_id: "VARCHAR",
    send_id: "VARCHAR",
    properties: Object.fromEntries(fields.length > 0 ? fields : [["_", "VARCHAR"]])
  };
  let batch = 0;
  let count = 0;
  const add = async (events: TestEvent[]) => {
    ++batch;
    const rows = events.map((event) => {
      const time = new Date(/[Z+]|-\d\d:\d\d$/.test(event.time.slice(10)) ? event.time : `${event.time}Z`);
      return {
        event_id: event.id ?? ++count,
        event_type: event.type,
        event_time: time.toISOString().replace("Z", ""),
        event_date: localDate(time, workspace.time_zone),
        person: event.profile,
        profile_id: String(profileId(event.profile)),
        value: event.value ?? null,
        quantity: event.quantity ?? null,
        campaign_id: event.campaign ?? null,
        send_id: event.send ?? null,
        properties: event.properties ?? null
      };
    });
    await database.transaction(async () => {
      await database.run(
        `create temp table given as select unnest(from_json($rows::json, ${quoteText(JSON.stringify([shape]))})) as e`,
        {rows: JSON.stringify(rows)}
      );
      await database.run(`
        insert into landing.profile_numbers
        select profile_id, (select count(*) from landing.profile_numbers) + row_number() over () - 1
        from (select distinct e.profile_id from given) anti join landing.profile_numbers using (profile_id)`);
      await database.run(
        `insert into core.events
         select e.event_id, 'test', $batch::integer, e.event_type, e.event_time, e.event_date, e.event_time,
           e.profile_id, e.profile_id, e.value, $currency, e.quantity, e.campaign_id, e.send_id, e.properties, n.number
         from given left join landing.profile_numbers as n on n.profile_id = e.profile_id`,
        {batch, currency: workspace.currency}
      );
      await database.run(`
        insert into core.identities
        select e.profile_id, 'member', e.person, e.profile_id, true, min(e.event_time), max(e.event_time) from given
        where e.profile_id not in (select identity_id from core.identities) group by all order by 3;
        insert into landing.changes select ${batch}, ${batch}, min(e.event_time) from given;
        drop table given;
      `);
      for (const table of ["core.events", "core.identities"]) await bumpVersion(database, table);
    });
  };
  await add(options.events ?? []);
  return {
    database,
    workspace,
    add,
    close() {
      database.close();
      rmSync(workspace.root, {recursive: true, force: true});
    }
  };
}

/** The id of a person named in a test event. */
export function profileId(name: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(name))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & ((1n << 64n) - 1n);
  return hash;
}

/** Mistakes of a definition that no file has. */
export function unplaced(file: string): Workspace["mistake"] {
  return (path, message) => ({file, line: 1, path: path.join("."), message: `${path.join(".")}: ${message}`});
}

function testWorkspace(options: TestWarehouseOptions): Workspace {
  const root = mkdtempSync(join(tmpdir(), "tenfold-"));
  mkdirSync(join(root, "landing"));
  const definition = workspaceDefinition.parse({
    name: "Test",
    metrics: {spend: {events: ["commerce.purchase"], expression: "sum(value)", unit: "money"}},
    ...options.workspace
  });
  const types = {VARCHAR: "string", BIGINT: "integer", "DECIMAL(18,4)": "decimal", DOUBLE: "number"} as const;
  const attributes = Object.fromEntries(
    Object.entries(options.attributes ?? {}).map(([name, type]) => [
      name,
      {from: name, type: types[type as keyof typeof types] ?? type.toLowerCase(), publish: "rows"}
    ])
  );
  const members = sourceDefinition.parse({kind: "profiles", columns: {id: {}}, attributes});
  return {
    ...definition,
    mistake: unplaced("workspace.yaml"),
    root,
    landing: join(root, "landing"),
    warehouse: join(root, "warehouse"),
    sources:
      Object.keys(attributes).length > 0
        ? [
            {
              ...members,
              rule: members.id,
              id: "members",
              file: "sources/members.yaml",
              mistake: unplaced("sources/members.yaml")
            }
          ]
        : [],
    campaigns: Object.entries(options.campaigns ?? {}).map(([id, campaign]) => ({
      ...campaignDefinition.parse({name: id, ...campaign}),
      id,
      file: `campaigns/${id}.yaml`
    })),
    destinations: [],
    models: Object.entries(options.models ?? {}).map(([id, text]) => ({id, file: `models/${id}.sql`, text})),
    warnings: [],
    audiences: []
  };
}

/** The ledger's tables as models read them, of a workspace that has sent nothing; where the graph holds models alone. */
export async function emptyLedger(database: Database): Promise<void> {
  await database.run(`
    create table if not exists activation.assignments (
      send_id varchar, campaign_id varchar, arm varchar, is_holdout boolean, audience_id varchar,
      audience_version integer, profile_id ubigint, assigned_at timestamp, bucket integer, value double,
      delivery_id varchar
    );
    create table if not exists activation.delivery_rows (
      send_id varchar, kind varchar, action varchar, status varchar, noted_at timestamp
    );
  `);
}
