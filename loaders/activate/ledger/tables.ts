import type {Database} from "../../engine/database.js";

/**
 * Makes the tables of the records that sending keeps, where they are missing. Call it outside of transactions on the
 * warehouse: the records are a file of their own.
 */
export async function createLedger(database: Database): Promise<void> {
  // A snapshot cannot be written to, not even to find that there is nothing to do.
  if (await database.value("select readonly from duckdb_databases() where database_name = 'records'")) return;
  await database.run(`
    create table if not exists records.deliveries (
      delivery_id varchar not null, ordinal bigint not null, lineage varchar not null, destination_id varchar not null, kind varchar not null,
      is_idempotent boolean not null, audience_id varchar not null, audience_version integer, campaign_id varchar,
      arm varchar, mode varchar not null, as_of timestamp not null, run_id varchar not null, scheduled_for timestamp,
      began_at timestamp not null, ended_at timestamp, status varchar not null, error varchar, base_name varchar,
      members bigint not null, sent_by varchar
    );
    create table if not exists records.delivery_rows (${rowColumns});
    create table if not exists records.delivery_requests (
      delivery_id varchar not null, batch integer not null, step integer not null, state varchar not null,
      noted_at timestamp not null, code varchar, message varchar
    );
    create table if not exists records.delivery_refusals (
      delivery_id varchar not null, place bigint not null, code varchar, message varchar
    );
    create table if not exists records.delivery_exclusions (
      delivery_id varchar not null, reason varchar not null, profiles bigint not null
    );
    create table if not exists records.sends (${sendColumns});
    create table if not exists records.delivery_schedules (
      destination_id varchar not null, audience_id varchar not null, campaign_id varchar, schedule varchar not null,
      since timestamp not null
    );
    create table if not exists records.delivery_attempts (
      destination_id varchar not null, audience_id varchar not null, campaign_id varchar, scheduled_for timestamp not null,
      status varchar not null, error varchar, reason varchar
    );
    create table if not exists records.ledger (ledger_id varchar not null, key_hash varchar not null);
  `);
  await migrate(database);
}

// A large delivery writes a million rows: what is the same for all of them stands in `records.deliveries`, and what follows
// from that and the row is not written again. `ordinal` is the delivery's; `send_id` is given only where it is not the one
// that `sendIdSql` makes. To look for the best compression of a million keys takes longer than to write all other columns.
const rowColumns = `
  ordinal bigint not null, place bigint not null, batch integer not null, action enum ('add', 'update', 'remove') not null,
  profile_id ubigint, key varchar using compression uncompressed, content_hash ubigint not null,
  send_id varchar, bucket integer, value double`;

// Who was assigned to which arm of a campaign by a delivery.
const sendColumns = `
  ordinal bigint not null, profile_id ubigint not null, arm varchar not null, is_holdout boolean not null, send_id varchar,
  bucket integer, value double`;

/** SQL of what names the sending to a person: what was given before, else a hash of the delivery's own text and the person. */
export function sendIdSql({given, by, profile}: {given: string; by: string; profile: string}): string {
  return `coalesce(${given}, md5(${by} || ${profile}))`;
}

// A ledger is never made again, so one that an earlier version began is brought up to what this one reads and writes.
async function migrate(database: Database): Promise<void> {
  const columns = await database.rows<{name: string}>(
    `select table_name || '.' || column_name as name from duckdb_columns() where database_name = 'records'`
  );
  const has = new Set(columns.map(({name}) => name));
  if (!has.has("delivery_attempts.reason")) {
    await database.run("alter table records.delivery_attempts add column reason varchar");
  }
  if (!has.has("deliveries.ordinal")) {
    await database.transaction(() =>
      database.run(`
        alter table records.deliveries add column ordinal bigint;
        update records.deliveries as deliveries set ordinal = placed.ordinal
        from (select delivery_id, row_number() over (order by began_at, delivery_id) as ordinal from records.deliveries) as placed
        where placed.delivery_id = deliveries.delivery_id;
      `)
    );
  }
  if (!has.has("deliveries.sent_by")) {
    await database.run("alter table records.deliveries add column sent_by varchar");
  }
  if (!has.has("delivery_rows.ordinal")) {
    const columns = "ordinal, place, batch, action, profile_id, key, content_hash, send_id, bucket, value";
    await remake(database, "delivery_rows", rowColumns, columns);
  }
  if (!has.has("sends.ordinal")) {
    await remake(database, "sends", sendColumns, "ordinal, profile_id, arm, is_holdout, send_id, bucket, value");
  }
}

// Rows that named their delivery by its id name it by its number, and no longer repeat what is the delivery's.
async function remake(database: Database, table: string, definition: string, columns: string): Promise<void> {
  await database.transaction(() =>
    database.run(`
      create table records.${table}__new (${definition});
      insert into records.${table}__new (${columns})
      select ${columns} from records.${table} join (select delivery_id, ordinal from records.deliveries) using (delivery_id);
      drop table records.${table};
      alter table records.${table}__new rename to ${table};
    `)
  );
}

/**
 * A relation with the state of every row ever sent: `acknowledged`, `refused`, `unsent` (certainly not carried out),
 * `unknown` (perhaps), `unanswered` (a request without an answer), `waiting` (never tried). What was settled by hand
 * is acknowledged or unsent.
 */
export const rowStatesSql = `(
  select deliveries.delivery_id, rows.place, rows.batch, rows.action, rows.profile_id, rows.key, rows.content_hash,
    ${sendIdSql({given: "rows.send_id", by: "deliveries.sent_by", profile: "rows.profile_id"})} as send_id, rows.bucket, rows.value,
    deliveries.destination_id, deliveries.kind, deliveries.audience_id, deliveries.campaign_id,
    deliveries.began_at, deliveries.ordinal, coalesce(requests.noted_at, deliveries.began_at) as noted_at,
    case when refusals.place is not null then 'refused' else coalesce(requests.state, 'waiting') end as status,
    coalesce(refusals.code, requests.code) as code, coalesce(refusals.message, requests.message) as message
  from records.delivery_rows as rows
  join records.deliveries as deliveries on deliveries.ordinal = rows.ordinal
  left join (
    select ordinal, batch, arg_max(state, step) as state, arg_max(noted_at, step) as noted_at, arg_max(code, step) as code,
      arg_max(message, step) as message
    from records.delivery_requests join records.deliveries using (delivery_id) group by ordinal, batch
  ) as requests on requests.ordinal = rows.ordinal and requests.batch = rows.batch
  left join (
    select ordinal, place, code, message from records.delivery_refusals join records.deliveries using (delivery_id)
  ) as refusals on refusals.ordinal = rows.ordinal and refusals.place = rows.place
)`;

/** A relation with who was assigned to which arm of a campaign, and by which delivery. */
export const assignmentsSql = `(
  select ${sendIdSql({given: "sends.send_id", by: "deliveries.sent_by", profile: "sends.profile_id"})} as send_id,
    deliveries.campaign_id, sends.arm, sends.is_holdout, deliveries.audience_id, deliveries.audience_version, sends.profile_id,
    deliveries.began_at as assigned_at, sends.bucket, sends.value, deliveries.delivery_id
  from records.sends as sends join records.deliveries as deliveries on deliveries.ordinal = sends.ordinal
)`;

/** Which earlier deliveries a delivery continues. Mails of a campaign are one matter, whatever audience they go by. */
export interface Scope {
  destination: string;
  kind: string;
  audience: string;
  campaign?: string;
}

/** SQL condition on a row of the ledger, and its parameters. */
export function scopeSql({destination, kind, audience, campaign}: Scope): {
  sql: string;
  parameters: Record<string, string>;
} {
  return kind === "smtp"
    ? {sql: "kind = 'smtp' and campaign_id = $campaign", parameters: {campaign: campaign!}}
    : {sql: "destination_id = $destination and audience_id = $audience", parameters: {destination, audience}};
}
