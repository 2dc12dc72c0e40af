import type {Database} from "../engine/database.js";
import type {CompiledSource} from "./compile.js";
import {putIn} from "../engine/rowGroups.js";
import {IngestError} from "./errors.js";
import {junkSql} from "./junk.js";

/** SQL that brings an identity's text to the one form that is hashed; null where nothing is left. */
function normaliseSql(text: string, rule: "none" | "lower" | "email"): string {
  const trimmed = `nullif(trim(${text}), '')`;
  return rule === "none" ? trimmed : `lower(${trimmed})`;
}

export interface BatchIdentities {
  batchId: number;
  /** Of the workspace (`workspaceKey`). */
  key: string;
  /** Staged rows that are not refused. */
  good: number;
}

/**
 * Makes ids for the identities of the good staged rows, once per distinct value: the temporary table `people` (text as
 * staged → identity_id and number, of the primary identity), the batch's rows of `landing.identities`, and those of
 * `landing.identity_values` and `landing.profile_numbers` that are not there yet. An id is the first 64 bits of
 * sha256(key ‖ sha256(key ‖ namespace ‖ normalised value)). Fails when two identities share one.
 */
export async function assignIdentities(
  database: Database,
  compiled: CompiledSource,
  batch: BatchIdentities
): Promise<void> {
  const primary = compiled.identities.find((identity) => identity.primary);
  if (!primary) return;
  const {yields, first, last} = spanSql(compiled);
  const identified = await identifier(database, batch);
  await identified(
    "people",
    primary.namespace,
    `select text, ${normaliseSql("text", primary.normalise)} as value, first_seen, last_seen
     from (
       select ${primary.value} as text, min(${first}) as first_seen, max(${last}) as last_seen
       from staged where raw is null and ${yields} group by 1
     )`
  );
  await recordIdentities(database, batch, primary.namespace, "people", "identity_id");
  await numberProfiles(database);
  for (const other of compiled.identities) {
    if (other === primary) continue;
    await identified(
      "others",
      other.namespace,
      `select value as text, * from (
         select ${normaliseSql(`s.${other.value}`, other.normalise)} as value, min(p.identity_id) as profile_id,
           min(${first}) as first_seen, max(${last}) as last_seen
         from staged s join people p on p.text = s.${primary.value}
         where raw is null and ${yields} and not coalesce(${junkSql(`s.${other.value}`)}, false)
         group by 1
       )`
    );
    await recordIdentities(database, batch, other.namespace, "others", "profile_id");
  }
}

/** How much dearer it is to hash a value than to read a known one. */
const hashing = 16;

/**
 * Fills a temporary table with what a query finds by `value`, and `identity_id`, `is_known` and `number` beside it. A batch that
 * is large beside all identities finds the ids of known values where they stand; a small one hashes what it has.
 */
async function identifier(database: Database, {key, good}: BatchIdentities) {
  const known = (await database.value<number>("select count(*) from landing.identity_values"))!;
  const lookUp = known > 0 && known <= hashing * good;
  return async (table: string, namespace: string, found: string): Promise<void> => {
    await database.run(`drop table if exists ${table}`);
    await database.run(
      lookUp
        ? `create temp table ${table} as
           select f.*, coalesce(v.identity_id, ${idSql}) as identity_id, v.identity_id is not null as is_known, n.number
           from (${found}) f
           left join landing.identity_values v on v.namespace = $namespace and v.value = f.value
           left join landing.profile_numbers n on n.profile_id = v.identity_id
           where f.value is not null`
        : `create temp table ${table} as
           select f.*, ${idSql} as identity_id, false as is_known, null::uinteger as number
           from (${found}) f where f.value is not null`,
      {key, namespace}
    );
  };
}

const idSql = "('0x' || left(sha256($key || sha256($key || $namespace || f.value)), 16))::ubigint";

/** Gives everybody in `people` a number: those of `landing.profile_numbers`, and new ones from there on. */
async function numberProfiles(database: Database): Promise<void> {
  if ((await database.row("select 1 from people where number is null limit 1")) === undefined) return;
  const newcomers = `(select distinct identity_id from people where number is null)
    anti join landing.profile_numbers on profile_id = identity_id`;
  const rows = (await database.value<number>(`select count(*) from ${newcomers}`))!;
  await putIn(
    database,
    rows,
    `landing.profile_numbers
     select identity_id, (select coalesce(max(number) + 1, 0) from landing.profile_numbers) + row_number() over () - 1
     from ${newcomers}`
  );
  await database.run(`
    update people set number = n.number
    from landing.profile_numbers n where people.number is null and n.profile_id = people.identity_id;
  `);
}

/** Writes the identities of a temporary table down, with the SQL of whose they are. */
async function recordIdentities(
  database: Database,
  {batchId}: BatchIdentities,
  namespace: string,
  table: "people" | "others",
  profile: string
): Promise<void> {
  // Where normalising changed nothing, every text is an identity of its own and needs no grouping.
  const {plain, known, rows} = (await database.row<{plain: boolean; known: boolean; rows: number}>(
    `select coalesce(bool_and(text = value), true) as plain, coalesce(bool_and(is_known), true) as known,
       count(*) as rows
     from ${table}`
  ))!;
  const primary = table === "people";
  await putIn(
    database,
    rows,
    plain
      ? `landing.identities
         select ${batchId}, identity_id, ${profile}, ${primary}, first_seen, last_seen from ${table}`
      : `landing.identities
         select ${batchId}, identity_id, min(${profile}), ${primary}, min(first_seen), max(last_seen)
         from ${table} group by identity_id`
  );
  if (known) return;
  await refuseCollisions(database, namespace, table);
  await database.run(
    `insert into landing.identity_values
     select distinct identity_id, $namespace, value from ${table}
     where not is_known and identity_id not in (select identity_id from landing.identity_values)`,
    {namespace}
  );
}

/** Fails where an identity that was not known has the id of another one. */
async function refuseCollisions(database: Database, namespace: string, table: string): Promise<void> {
  const collides = await database.value<boolean>(
    `select count(distinct identity_id) <> count(distinct value) or exists (
       from ${table} join landing.identity_values v using (identity_id)
       where not is_known and (v.namespace <> $namespace or v.value <> ${table}.value)
     ) from ${table}`,
    {namespace}
  );
  if (collides) {
    throw new IngestError("identity_collision", "two identities share one id: begin again with another TENFOLD_KEY");
  }
}

/** Takes a batch's identities out, and the values that no other batch has. */
export async function withdrawIdentities(database: Database, batchId: number): Promise<void> {
  await database.run("delete from landing.identities where batch_id = $batchId", {batchId});
  await database.run(
    "delete from landing.identity_values where identity_id not in (select identity_id from landing.identities)"
  );
}

/** When a staged row's events happened: first and last, and whether it yields any. */
function spanSql({events}: CompiledSource) {
  const times = events.map(({when, time}) => (when ? `case when ${when} then ${time.sql} end` : time.sql));
  const every = events.some((event) => !event.when);
  return {
    yields: every ? "true" : `(${events.map((event) => event.when).join(" or ")})`,
    first: times.length === 1 ? times[0]! : `least(${times.join(", ")})`,
    last: times.length === 1 ? times[0]! : `greatest(${times.join(", ")})`
  };
}
