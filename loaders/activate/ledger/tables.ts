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
      members bigint not null
    );
    create table if not exists records.delivery_rows (
      delivery_id varchar not null, place bigint not null, batch integer not null, action varchar not null,
      profile_id ubigint, key varchar, content_hash ubigint not null, send_id varchar not null, bucket integer,
      value double
    );
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
    create table if not exists records.sends (
      send_id varchar not null, campaign_id varchar not null, arm varchar not null, is_holdout boolean not null,
      audience_id varchar not null, audience_version integer, profile_id ubigint not null, assigned_at timestamp not null,
      bucket integer, value double, delivery_id varchar not null
    );
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

// A ledger is never made again, so one that an earlier version began is brought up to what this one reads and writes.
async function migrate(database: Database): Promise<void> {
  const lacks = async (table: string, column: string) =>
    (await database.value<number>(
      "select count(*) from duckdb_columns() where database_name = 'records' and table_name = $table and column_name = $column",
      {table, column}
    )) === 0;
  if (await lacks("delivery_attempts", "reason")) {
    await database.run("alter table records.delivery_attempts add column reason varchar");
  }
  if (await lacks("deliveries", "ordinal")) {
    await database.run(`
      alter table records.deliveries add column ordinal bigint;
      update records.deliveries as deliveries set ordinal = placed.ordinal
      from (select delivery_id, row_number() over (order by began_at, delivery_id) as ordinal from records.deliveries) as placed
      where placed.delivery_id = deliveries.delivery_id;
    `);
  }
}

/**
 * A relation with the state of every row ever sent: `acknowledged`, `refused`, `unsent` (certainly not carried out),
 * `unknown` (perhaps), `unanswered` (a request without an answer), `waiting` (never tried). What was settled by hand
 * is acknowledged or unsent.
 */
export const rowStatesSql = `(
  select rows.*, deliveries.destination_id, deliveries.kind, deliveries.audience_id, deliveries.campaign_id,
    deliveries.began_at, deliveries.ordinal, coalesce(requests.noted_at, deliveries.began_at) as noted_at,
    case when refusals.place is not null then 'refused' else coalesce(requests.state, 'waiting') end as status,
    coalesce(refusals.code, requests.code) as code, coalesce(refusals.message, requests.message) as message
  from records.delivery_rows as rows
  join records.deliveries as deliveries on deliveries.delivery_id = rows.delivery_id
  left join (
    select delivery_id, batch, arg_max(state, step) as state, arg_max(noted_at, step) as noted_at, arg_max(code, step) as code,
      arg_max(message, step) as message
    from records.delivery_requests group by delivery_id, batch
  ) as requests on requests.delivery_id = rows.delivery_id and requests.batch = rows.batch
  left join records.delivery_refusals as refusals
    on refusals.delivery_id = rows.delivery_id and refusals.place = rows.place
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
