import type {Database} from "../engine/database.js";
import type {CompiledSource} from "./compile.js";
import {IngestError} from "./errors.js";

/** SQL that brings an identity's text to the one form that is hashed; null where nothing is left. */
export function normaliseSql(text: string, rule: "none" | "lower" | "email"): string {
  const trimmed = `nullif(trim(${text}), '')`;
  return rule === "none" ? trimmed : `lower(${trimmed})`;
}

/** SQL that is true for placeholders which systems write where they know nobody. */
export function junkSql(value: string): string {
  const words = "null, none, nil, nan, n/a, na, undefined, unknown, anonymous, guest, test, (null), (not set), -, 0";
  return `lower(${value}) in (${words
    .split(", ")
    .map((word) => `'${word}'`)
    .join(", ")})`;
}

/**
 * Makes ids for the identities of the good staged rows, once per distinct value: the temporary table `people` (those of
 * the primary identity) and the batch's rows of `landing.identities`. Fails when two values share an id.
 */
export async function assignIdentities(
  database: Database,
  compiled: CompiledSource,
  batchId: number,
  key: string
): Promise<void> {
  const primary = compiled.identities.find((identity) => identity.primary);
  if (!primary) return;
  const times = (best: "least" | "greatest") =>
    `${best}(${compiled.events
      .map((event) => (event.when ? `case when ${event.when} then ${event.time} end` : event.time))
      .join(", ")})`;
  const id = (namespace: string, value: string) =>
    `('0x' || left(sha256($key || sha256($key || '${namespace}' || ${value})), 16))::ubigint`;
  const yields = compiled.events.some((event) => !event.when)
    ? "true"
    : compiled.events.map((event) => event.when).join(" or ") || "false";
  await database.run("drop table if exists people");
  await database.run(
    `create temp table people as
     select value, ${id(primary.namespace, "value")} as identity_id, first_seen, last_seen
     from (
       select ${primary.value} as value, min(${times("least")}) as first_seen, max(${times("greatest")}) as last_seen
       from staged where raw is null and (${yields}) and ${primary.value} is not null group by 1
     )`,
    {key}
  );
  await database.run(
    `insert into landing.identities
     select ${batchId}, identity_id, '${primary.namespace}', value, identity_id, true, first_seen, last_seen from people`
  );
  for (const other of compiled.identities) {
    if (other === primary) continue;
    await database.run(
      `insert into landing.identities
       select ${batchId}, ${id(other.namespace, "value")}, '${other.namespace}', value, profile_id, false, first_seen, last_seen
       from (
         select s.${other.value} as value, min(p.identity_id) as profile_id,
           min(${times("least")}) as first_seen, max(${times("greatest")}) as last_seen
         from staged s join people p on p.value = s.${primary.value}
         where raw is null and (${yields}) and s.${other.value} is not null and not ${junkSql(`s.${other.value}`)}
         group by 1
       )`,
      {key}
    );
  }
  const clash = await database.row<{identity_id: bigint}>(
    `select identity_id from landing.identities semi join (
       select identity_id from landing.identities where batch_id = ${batchId}
     ) using (identity_id)
     group by identity_id having count(distinct namespace || chr(31) || value) > 1 limit 1`
  );
  if (clash) throw new IngestError("identity_collision", "two identities share one id; set another TENFOLD_KEY");
}
