import {quoteName} from "../../lib/sql.js";
import {columnsOf, hasColumn} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import {rewriteTable} from "../engine/rowGroups.js";
import type {Source} from "../workspace.js";
import {sqlType} from "./columns.js";
import {eventsOf, fieldOf, fieldType} from "./fields.js";

/** The type of `core.events.properties`: one typed field per declared property or attribute of all sources, by name. */
export function propertiesType(sources: Source[]): Map<string, string> {
  const types = new Map<string, string>();
  for (const source of sources) {
    if (source.kind === "lookup") continue;
    for (const event of eventsOf(source)) {
      for (const [name, field] of Object.entries(event.properties)) {
        types.set(name, sqlType(fieldType(source, fieldOf(field))));
      }
    }
  }
  if (types.size === 0) types.set("_", "VARCHAR");
  return new Map([...types].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Events, and those that lost against others of their id. */
export const eventTables = ["core.events", "landing.duplicates"];

/** A struct type as SQL writes it. */
function structType(fields: Map<string, string>): string {
  return `struct(${[...fields].map(([name, type]) => `${quoteName(name)} ${type}`).join(", ")})`;
}

/** Makes the tables that ingestion owns where they are missing. */
export async function createTables(database: Database, fields: Map<string, string>): Promise<void> {
  await database.run(`
    create table if not exists landing.batches (
      batch_id integer not null, source varchar not null, file varchar not null, sha256 varchar,
      definition_hash varchar not null, bytes ubigint, rows ubigint not null, loaded ubigint not null,
      rejected ubigint not null, duplicates ubigint not null, skipped ubigint not null, events ubigint not null,
      status varchar not null, error varchar, started_at timestamp not null, finished_at timestamp
    );
    create table if not exists landing.files (
      source varchar not null, file varchar not null, size ubigint not null, modified_ns varchar not null,
      inode varchar not null, sha256 varchar not null
    );
    create table if not exists landing.rejects (
      batch_id integer not null, source varchar not null, file varchar not null, line ubigint, column_name varchar,
      value varchar, code varchar not null, message varchar not null, raw varchar
    );
    create table if not exists landing.changes (change_id bigint not null, batch_id integer, earliest timestamp);
    create table if not exists landing.identities (
      batch_id integer not null, identity_id ubigint not null, profile_id ubigint not null, is_primary boolean not null,
      first_seen timestamp, last_seen timestamp
    );
    create table if not exists landing.identity_values (
      identity_id ubigint not null, namespace varchar not null, value varchar not null
    );
    create table if not exists landing.profile_numbers (profile_id ubigint not null, number uinteger not null);
    create view if not exists core.identities as ${identities};
  `);
  await splitIdentities(database);
  const properties = structType(fields);
  for (const table of eventTables) {
    await database.run(`
      create table if not exists ${table} (
        event_id uhugeint not null, source varchar not null, batch_id integer not null, event_type varchar not null,
        event_time timestamp not null, event_date date not null, received_at timestamp, identity_id ubigint,
        profile_id ubigint, value decimal(18, 4), currency varchar, quantity decimal(18, 4), campaign_id varchar,
        send_id varchar, properties ${properties}, profile_number uinteger
      )
    `);
  }
}

const identities = `
  select identity_id, namespace, value, profile_id, is_primary, first_seen, last_seen
  from (
    select
      identity_id, min(profile_id) as profile_id, bool_or(is_primary) as is_primary, min(first_seen) as first_seen,
      max(last_seen) as last_seen
    from landing.identities group by identity_id
  ) join landing.identity_values using (identity_id)`;

/** An older warehouse has every value in every batch's row. */
async function splitIdentities(database: Database): Promise<void> {
  if (!(await hasColumn(database, "landing.identities", "value"))) return;
  await database.transaction(() =>
    database.run(`
      insert into landing.identity_values select distinct identity_id, namespace, value from landing.identities;
      alter table landing.identities drop column namespace;
      alter table landing.identities drop column value;
      create or replace view core.identities as ${identities};
    `)
  );
}

/**
 * Numbers the profiles of a warehouse whose events have no numbers yet. Says whether it was one; the caller is in a
 * transaction.
 */
export async function numberProfiles(database: Database): Promise<boolean> {
  if (await hasColumn(database, "core.events", "profile_number")) return false;
  await database.run(`
    insert into landing.profile_numbers
    select profile_id, row_number() over () - 1
    from (select profile_id from core.events union select profile_id from landing.duplicates)
    where profile_id is not null
  `);
  for (const table of eventTables) {
    await database.run(`
      alter table ${table} add column profile_number uinteger;
      update ${table} as e set profile_number = n.number
      from landing.profile_numbers as n where n.profile_id = e.profile_id;
    `);
  }
  return true;
}

/**
 * Brings `properties` to the type that the definitions ask for: a property added to any source becomes a field of every
 * event. Says whether it had another type; the caller is in a transaction.
 */
export async function widenProperties(database: Database, fields: Map<string, string>): Promise<boolean> {
  const present = (await columnsOf(database, "core.events")).find(({name}) => name === "properties")!.type;
  const wanted = await database.value<string>(`select typeof(null::${structType(fields)})`);
  if (present === wanted) return false;
  const described = await columnsOf(database, "select properties.* from core.events");
  const known = new Set(described.map(({name}) => name));
  const packed = [...fields].map(([name, type]) =>
    known.has(name)
      ? `${quoteName(name)} := try_cast(struct_extract(properties, '${name}') as ${type})`
      : `${quoteName(name)} := null::${type}`
  );
  for (const table of eventTables) {
    await rewriteTable(database, table, `* replace (struct_pack(${packed.join(", ")}) as properties)`);
  }
  return true;
}
