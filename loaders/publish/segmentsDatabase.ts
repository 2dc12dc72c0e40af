import {rmSync} from "node:fs";
import {quoteName} from "../../lib/sql.js";
import {formatIdSql} from "../../lib/surrogate.js";
import type {Database} from "../engine/database.js";
import type {Rules} from "./arrowFile.js";
import {attached} from "./attached.js";
import {contents, type PublishedTable} from "./databases.js";
import {writeFitting} from "./fitting.js";
import type {Earlier, Publication} from "./publication.js";
import {sampleCondition} from "./sample.js";
import type {SegmentEvents} from "./segmentEvents.js";

/**
 * Writes `segments.duckdb`: one wide row per person, numbered densely by `row`, and their published events by that
 * number, in order of time. Where the file grows beyond the limit, it becomes one sample of the persons, profiles and
 * events alike, so that whatever a page counts in it is of the same people.
 */
export async function writeSegments(
  database: Database,
  path: string,
  {profiles, events}: {profiles?: PublishedTable; events?: SegmentEvents},
  {maxBytes}: Pick<Rules, "maxBytes">,
  {trial: tried}: Earlier = {}
): Promise<Publication> {
  const count = (sql: string) => database.value<number>(sql).then(Number);
  const of = {
    profiles: profiles ? await count(`select count(*) from ${profiles.from}`) : 0,
    events: events ? await count(`select count(*) from core.events where ${events.where}`) : 0
  };
  const {bytes, trial} = await writeFitting(path, {rows: of.profiles + of.events, maxBytes, tried}, async (share) =>
    write(database, path, profiles, events, share)
  );
  const {hash, rows} = await contents(database, path);
  const written = (name: string) => rows.get(`segments.${name}`) ?? 0;
  const tables = profiles && events ? [{name: "segments.events", rows: written("events"), of: of.events}] : [];
  return {hash, bytes, rows: written("profiles"), of: of.profiles, tables, trial};
}

async function write(
  database: Database,
  path: string,
  profiles: PublishedTable | undefined,
  events: SegmentEvents | undefined,
  share: number
) {
  rmSync(path, {force: true});
  await attached(database, path, async (catalog) => {
    await database.run(`create schema ${catalog}.segments`);
    if (profiles) await writeProfiles(database, catalog, profiles, share);
    if (profiles && events) await writeEvents(database, catalog, events);
  });
}

/**
 * The table stands in the order of `id`: to sort it again, wide as it is, takes half of the time that writing takes. Where
 * all of its rows are written they have their numbers already: to count them anew takes one thread twice as long.
 */
async function writeProfiles(database: Database, catalog: string, {from, columns}: PublishedTable, share: number) {
  const names = columns.map(({name}) => quoteName(name));
  const isNumbered =
    share >= 1 && (await database.value<boolean>(`select max(rowid) + 1 = count(*) from ${quoteName(from)}`));
  await database.run(`
    create table ${catalog}.segments.profiles as
    select (${isNumbered ? "rowid" : "row_number() over () - 1"})::uinteger as row, ${names.join(", ")}
    from ${quoteName(from)} where ${sampleCondition(["id"], share)}`);
}

async function writeEvents(database: Database, catalog: string, {columns, where}: SegmentEvents) {
  await database.run(`
    create or replace temp table segment_rows as
    select profile_id, row
    from (select profile_id, ${formatIdSql("profile_id")} as id from core.profiles)
    join ${catalog}.segments.profiles using (id)`);
  try {
    await database.run(`
      create table ${catalog}.segments.events as
      select row, ${columns.join(", ")}
      from core.events join segment_rows using (profile_id)
      where ${where}
      order by row, event_time, event_type, source, event_id`);
  } finally {
    await database.run("drop table segment_rows");
  }
}
