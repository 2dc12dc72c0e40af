import type {Database} from "../engine/database.js";
import type {Audience} from "./audience.js";
import {isInlined, references} from "./references.js";

/** The temporary table of the stays that rules see: `audience_id, profile_id, entered_at, left_at`. */
export const staysTable = "audience_stays";

/**
 * Audiences by level: those of a level name others' stays only of the levels below. A reference to a plain rule takes
 * that rule in and needs no stays.
 */
export function levelsOf<T extends Audience>(audiences: T[], all: Audience[]): T[][] {
  const byId = new Map(all.map((audience) => [audience.id, audience]));
  const levels = new Map<string, number>();
  const level = ({id, definition}: Audience): number => {
    const known = levels.get(id);
    if (known !== undefined) return known;
    levels.set(id, 0);
    const needed = references(definition).map((reference) => {
      const other = byId.get(reference.audience);
      return other ? level(other) + (isInlined(reference, other.definition) ? 0 : 1) : 0;
    });
    const own = Math.max(0, ...needed);
    levels.set(id, own);
    return own;
  };
  const grouped: T[][] = [];
  for (const audience of audiences) (grouped[level(audience)] ??= []).push(audience);
  return Array.from(grouped, (group) => group ?? []);
}

/**
 * Makes the stays that rules see: the ledger as it stood at as-of, corrections left out. `ids` are the audiences that
 * rules name. A row of no audience is among them: into a table with nothing the engine must not put nothing (`putIn`).
 */
export async function openStays(database: Database, ids: string[], asOf: Date): Promise<void> {
  await database.run(
    `create or replace temp table ${staysTable} as
     select audience_id, profile_id, entered_at, if(left_at <= $asOf, left_at, null) as left_at
     from records.audience_members
     where audience_id in (select unnest(from_json($ids::json, '["VARCHAR"]'))) and entered_at <= $asOf
       and (left_at is null or left_at > entered_at)
     union all select '', 0, null, null`,
    {ids: JSON.stringify(ids), asOf}
  );
}

/** Brings the stays of audiences to what this evaluation has just found of them, so that rules of higher levels see it. */
export async function takeIn(database: Database, ids: string[], found: string, asOf: Date): Promise<void> {
  const given = {ids: JSON.stringify(ids), asOf};
  const chosen = `audience_id in (select unnest(from_json($ids::json, '["VARCHAR"]')))`;
  await database.run(
    `update ${staysTable} as stays set left_at = $asOf
     where ${chosen} and left_at is null and not exists (
       from ${found} as found where found.audience_id = stays.audience_id and found.profile_id = stays.profile_id
     )`,
    given
  );
  await database.run(`delete from ${staysTable} where ${chosen} and entered_at = left_at`, {ids: given.ids});
  await database.run(
    `insert into ${staysTable}
     select audience_id, profile_id, $asOf, null from ${found} as found
     where ${chosen} and not exists (
       from ${staysTable} as stays
       where stays.left_at is null and stays.audience_id = found.audience_id and stays.profile_id = found.profile_id
     )`,
    given
  );
}
