import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {tableFromIPC} from "apache-arrow";
import {readFileSync} from "node:fs";
import {modelHeader} from "../../../lib/definitions/model.js";
import type {z} from "zod";
import type {Database} from "../../../loaders/engine/database.js";
import {bumpVersion} from "../../../loaders/engine/versions.js";
import type {GraphNode} from "../../../loaders/engine/node.js";
import {silent} from "../../../loaders/engine/progress.js";
import {openWarehouse} from "../../../loaders/engine/warehouse.js";
import {publish, type PublishReport} from "../../../loaders/publish/publish.js";
import {publishedFolder} from "../../../loaders/publish/published.js";
import {readWorkspace, type Workspace} from "../../../loaders/workspace.js";

export interface Shop {
  workspace: Workspace;
  database: Database;
  /** Publishes with these models, their tables made from their SQL. */
  publish(...models: Model[]): Promise<PublishReport>;
  folder(): string;
  rows(name: string): Record<string, unknown>[];
  /** What publishing warned of. */
  warnings: string[];
  close(): void;
}

export type Model = z.input<typeof modelHeader> & {sql: string; isTypescript?: boolean};

/** A warehouse with forty customers, whose e-mail addresses and names are personal, and their orders. */
export async function openShop(publishing = ""): Promise<Shop> {
  const root = mkdtempSync(join(tmpdir(), "tenfold-publish-"));
  mkdirSync(join(root, "sources"));
  writeFileSync(
    join(root, "workspace.yaml"),
    `name: Shop\ncurrency: EUR\nmetrics: {spend: {events: [profile.updated], expression: sum(value)}}\n${publishing}`
  );
  writeFileSync(
    join(root, "sources/members.yaml"),
    `kind: profiles
columns: {email: {personal: true}, name: {}, tier: {}, seen: {type: timestamp}}
identities: [{namespace: email, from: email, primary: true, normalise: email}]
time: seen
attributes:
  tier: {from: tier, publish: rows}
  city: {from: tier, publish: aggregate}
  name: {from: name, personal: true}
  contact: {from: "lower(email)", publish: rows}
`
  );
  const workspace = readWorkspace({data: root});
  const database = await openWarehouse(workspace);
  await database.run(`
    create table core.identities as
      select (i + 100)::ubigint as identity_id, 'email' as namespace, 'person' || i || '@shop.example' as value,
        (i + 100)::ubigint as profile_id, true as is_primary
      from range(40) as t(i);
    create table core.events as
      select i::uhugeint as event_id, 'members' as source, 1 as batch_id, 'profile.updated' as event_type,
        timestamp '2024-01-01' + to_days(i::integer) as event_time, (event_time)::date as event_date,
        timestamp '2024-03-01' as received_at, (i + 100)::ubigint as identity_id, (i + 100)::ubigint as profile_id,
        'EUR' as currency, 1::decimal(18, 4) as quantity, null::varchar as campaign_id, null::varchar as send_id,
        (10 * i)::decimal(18, 4) as value,
        {'city': 'Town ' || (i % 2), 'contact': 'person' || i || '@shop.example',
         'name': 'Name Number ' || i, 'tier': case when i < 4 then 'gold' when i < 20 then 'silver' else 'basic' end} as properties,
        (39 - i)::uinteger as profile_number
      from range(40) as t(i)`);
  for (const name of ["core.events", "core.identities"]) await bumpVersion(database, name);
  const folder = () => publishedFolder(workspace.warehouse)!;
  const warnings: string[] = [];
  const progress = {...silent, warn: (message: string) => void warnings.push(message)};
  return {
    workspace,
    database,
    folder,
    warnings,
    async publish(...models) {
      const nodes: GraphNode[] = [];
      for (const {sql, isTypescript, ...header} of models) {
        const parsed = modelHeader.parse(header);
        await database.run(`create or replace table ${parsed.name} as ${sql}`);
        await database.run(
          `insert into runs.versions (name, version, rows) values ($name, $version, 0)
           on conflict (name) do update set version = excluded.version`,
          {name: parsed.name, version: sql}
        );
        nodes.push({
          name: parsed.name,
          header: parsed,
          file: `models/${parsed.name}.sql`,
          inputs: ["core.events"],
          fingerprint: sql,
          usesAsOf: false,
          ...(!isTypescript && {sql}),
          build: async () => {}
        });
      }
      return await publish(database, workspace, nodes, {asOf: new Date("2024-03-01"), progress});
    },
    rows: (name) =>
      tableFromIPC(readFileSync(join(folder(), name)))
        .toArray()
        .map((row) => row!.toJSON()),
    close() {
      database.close();
      rmSync(root, {recursive: true, force: true});
    }
  };
}

/** Everybody with their tier: may be published by the person. */
export const people: Model = {
  name: "derived.people",
  description: "Everybody",
  grain: "one row per person",
  key: ["profile_id"],
  publish: "rows",
  sql: "select profile_id, properties.tier as tier, value from core.events"
};

/** How many of each tier and city. */
export const tiers: Model = {
  name: "derived.tiers",
  description: "Tiers",
  grain: "one row per tier",
  key: ["tier"],
  publish: "aggregate",
  people: "people",
  sql: "select properties.tier as tier, count(*) as people, sum(value)::double as value from core.events group by all"
};
