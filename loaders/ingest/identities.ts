import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {CompiledSource} from "./compile.js";
import {IngestError} from "./errors.js";
import {junkSql} from "./junk.js";

/** SQL that brings an identity's text to the one form that is hashed; null where nothing is left. */
function normaliseSql(text: string, rule: "none" | "lower" | "email"): string {
  const trimmed = `nullif(trim(${text}), '')`;
  return rule === "none" ? trimmed : `lower(${trimmed})`;
}

/**
 * Makes ids for the identities of the good staged rows, once per distinct value: the temporary table `people` (text as
 * staged → identity_id, of the primary identity) and the batch's rows of `landing.identities`. An id is the first 64 bits
 * of sha256(key ‖ sha256(key ‖ namespace ‖ normalised value)). Fails when two identities share one.
 */
export async function assignIdentities(
  database: Database,
  compiled: CompiledSource,
  batchId: number,
  key: string
): Promise<void> {
  const primary = compiled.identities.find((identity) => identity.primary);
  if (!primary) return;
  const {yields, first, last} = spanSql(compiled);
  await database.run("drop table if exists people");
  await database.run(
    `create temp table people as
     select text, value, ${idSql(primary.namespace)} as identity_id, first_seen, last_seen
     from (
       select text, ${normaliseSql("text", primary.normalise)} as value, first_seen, last_seen
       from (
         select ${primary.value} as text, min(${first}) as first_seen, max(${last}) as last_seen
         from staged where raw is null and ${yields} group by 1
       )
     )
     where value is not null`,
    {key}
  );
  // Where normalising changed nothing, every text is an identity of its own and needs no grouping.
  const people = (await database.row<{plain: boolean; distinct: boolean}>(
    `select coalesce(bool_and(text = value), true) as plain, count(distinct identity_id) = count(*) as distinct from people`
  ))!;
  const {plain} = people;
  const columns = (profile: string, isPrimary: boolean) =>
    `${batchId} as batch_id, identity_id, any_value(namespace), any_value(value), min(${profile}), ${isPrimary}, min(first_seen), max(last_seen)`;
  await database.run(
    plain
      ? `insert into landing.identities
         select ${batchId}, identity_id, ${quoteText(primary.namespace)}, value, identity_id, true, first_seen, last_seen
         from people`
      : `insert into landing.identities
         select ${columns("identity_id", true)}
         from (select *, ${quoteText(primary.namespace)} as namespace from people) group by identity_id`
  );
  for (const other of compiled.identities) {
    if (other === primary) continue;
    await database.run(
      `insert into landing.identities
       select ${columns("profile_id", false)}
       from (
         select *, ${idSql(other.namespace)} as identity_id, ${quoteText(other.namespace)} as namespace
         from (
           select ${normaliseSql(`s.${other.value}`, other.normalise)} as value, min(p.identity_id) as profile_id,
             min(${first}) as first_seen, max(${last}) as last_seen
           from staged s join people p on p.text = s.${primary.value}
           where raw is null and ${yields} and not coalesce(${junkSql(`s.${other.value}`)}, false)
           group by 1
         )
         where value is not null
       ) group by identity_id`,
      {key}
    );
  }
  const alone = batchId === 1 && compiled.identities.length === 1;
  const collides =
    !(plain
      ? people.distinct
      : await database.value("select count(distinct identity_id) = count(distinct value) from people")) ||
    (!alone && (await clashes(database, batchId)));
  if (collides) {
    throw new IngestError("identity_collision", "two identities share one id: begin again with another TENFOLD_KEY");
  }
}

function idSql(namespace: string): string {
  return `('0x' || left(sha256($key || sha256($key || ${quoteText(namespace)} || value)), 16))::ubigint`;
}

/** Whether an identity of the batch has the id of another one, in any batch. */
async function clashes(database: Database, batchId: number): Promise<boolean> {
  const clash = await database.row(
    `select 1 from landing.identities a join landing.identities b using (identity_id)
     where a.batch_id = ${batchId} and (a.namespace <> b.namespace or a.value <> b.value) limit 1`
  );
  return clash !== undefined;
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
