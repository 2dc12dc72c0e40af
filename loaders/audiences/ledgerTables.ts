import type {Database} from "../engine/database.js";
import {relationKind} from "../engine/relationKind.js";
import {openSnapshot} from "../engine/snapshot.js";
import type {Workspace} from "../workspace.js";

/**
 * Makes the tables of the records that audiences keep, where they are missing. Call it outside of transactions on the
 * warehouse: the records are a file of their own.
 */
export async function createLedger(database: Database): Promise<void> {
  await database.run(`
    create table if not exists records.audience_members (
      audience_id varchar not null, profile_id ubigint not null, arm varchar, entered_at timestamp not null,
      left_at timestamp, run_id varchar not null, reason varchar not null, left_run_id varchar, left_reason varchar,
      version integer not null
    );
    create table if not exists records.audience_runs (
      audience_id varchar not null, as_of timestamp not null, state varchar not null, version integer not null,
      run_id varchar not null, evaluated_at timestamp not null, profiles bigint not null, entered bigint not null,
      "left" bigint not null, value double, metric varchar, lookback varchar, base_profiles bigint, unmatched bigint
    );
    create table if not exists records.audience_mix (
      audience_id varchar not null, as_of timestamp not null, bucket integer, profiles bigint not null, value double
    );
    create table if not exists records.audience_versions (
      audience_id varchar not null, version integer not null, hash varchar not null, definition varchar not null,
      as_of timestamp not null, run_id varchar not null
    );
  `);
}

/** What the records say last of an audience. */
export interface LastRun {
  state: "published" | "inactive" | "deleted";
  version: number;
  /** Of the definition's meaning. */
  hash: string;
  asOf: Date;
  evaluatedAt: Date;
}

/** The last run of every audience that was ever published. */
export async function lastRuns(database: Database): Promise<Map<string, LastRun>> {
  const rows = await database.rows<LastRun & {id: string}>(`
    select runs.audience_id as id, state, runs.version, hash, runs.as_of as "asOf", evaluated_at as "evaluatedAt"
    from records.audience_runs as runs
    left join records.audience_versions as versions
      on versions.audience_id = runs.audience_id and versions.version = runs.version
    qualify row_number() over (partition by runs.audience_id order by runs.as_of desc) = 1`);
  return new Map(rows.map(({id, ...last}) => [id, last]));
}

/** What was evaluated last under an audience's name. */
export interface Standing {
  state: string;
  /** Of the definition's meaning. */
  hash: string;
}

/** What was evaluated last: as the last refresh left it, drafts too, else as the records say. */
export async function standingAudiences(
  database: Database,
  last: ReadonlyMap<string, LastRun>
): Promise<Map<string, Standing>> {
  const rows = (await relationKind(database, "derived.audience_counts"))
    ? await database.rows<Standing & {id: string}>(
        "select audience_id as id, state, rule_hash as hash from derived.audience_counts"
      )
    : [];
  return new Map<string, Standing>([...last, ...rows.map((row) => [row.id, row] as const)]);
}

/** The last runs as the snapshot has them; none before the first refresh. */
export async function recordedRuns(workspace: Pick<Workspace, "warehouse">): Promise<Map<string, LastRun>> {
  const database = await openSnapshot(workspace);
  if (!database) return new Map();
  try {
    const isThere = await database.value(
      "select 1 from duckdb_tables() where database_name = 'records' and table_name = 'audience_runs'"
    );
    return isThere ? await lastRuns(database) : new Map();
  } finally {
    database.close();
  }
}
