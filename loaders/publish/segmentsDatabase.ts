import {rmSync, statSync} from "node:fs";
import {formatIdSql} from "../../lib/surrogate.js";
import {quoteName, quoteText, type Database} from "../engine/database.js";
import type {Rules} from "./arrowFile.js";
import {contentHash, type PublishedTable} from "./databases.js";
import type {Publication} from "./publication.js";
import {sampleCondition} from "./sample.js";
import type {SegmentEvents} from "./segmentEvents.js";

/** The shares of the persons whose profiles, and whose events, are published; the latter are among the former. */
interface Shares {
  profiles: number;
  events: number;
}

/**
 * Writes `segments.duckdb`: one wide row per person, numbered densely by `row`, and their published events by that
 * number, in order of time. Where the file grows beyond the limit, first the events become those of a sample of the
 * persons (`is_event_sample` tells whose), then the profiles, which keep three quarters of the room.
 */
export async function writeSegments(
  database: Database,
  path: string,
  {profiles, events}: {profiles?: PublishedTable; events?: SegmentEvents},
  {maxBytes}: Pick<Rules, "maxBytes">
): Promise<Publication> {
  const count = (sql: string) => database.value<number>(sql).then(Number);
  const people = profiles ? await count(`select count(*) from ${profiles.from}`) : 0;
  const happened = events ? await count(`select count(*) from core.events where ${events.where}`) : 0;
  // Of many rows a tenth tells how much will fit: writing them all only to see that they do not takes longer.
  const trial = (rows: number) => (rows > 3_000_000 ? 0.1 : 1);
  let shares: Shares = {profiles: trial(people), events: Math.min(trial(people), trial(happened))};
  for (let round = 0; ; ++round) {
    const bytes = await write(database, path, profiles, events, shares);
    const fitting = fit(bytes, shares, maxBytes);
    const isTrial = round === 0 && shares.events < 1;
    const fits = bytes.profiles + bytes.events <= maxBytes;
    if ((fits && !(isTrial && fitting.events > shares.events)) || round > 6) break;
    shares = fitting;
  }
  return await attachedCounts(database, path, {profiles: people, events: happened}, profiles, events);
}

/** The shares with which a file would keep within the limit, from what shares of them took. */
function fit(bytes: Shares, shares: Shares, maxBytes: number): Shares {
  const whole = {profiles: bytes.profiles / shares.profiles, events: bytes.events / shares.events};
  const room = bytes.events > 0 ? 0.75 * maxBytes : maxBytes;
  const profiles = whole.profiles <= room ? 1 : (room / whole.profiles) * 0.93;
  const left = maxBytes - profiles * whole.profiles;
  return {profiles, events: Math.min(profiles, whole.events <= left ? 1 : (left / whole.events) * 0.93)};
}

/** Returns the bytes that profiles and events take. */
async function write(
  database: Database,
  path: string,
  profiles: PublishedTable | undefined,
  events: SegmentEvents | undefined,
  shares: Shares
): Promise<Shares> {
  rmSync(path, {force: true});
  await database.run(`attach ${quoteText(path)} as publication`);
  try {
    await database.run("create schema publication.segments");
    if (profiles) await writeProfiles(database, profiles, shares);
    await database.run("checkpoint publication");
    const before = statSync(path).size;
    if (profiles && events) await writeEvents(database, events);
    await database.run("checkpoint publication");
    return {profiles: before, events: statSync(path).size - before};
  } finally {
    await database.run("detach publication");
  }
}

async function writeProfiles(database: Database, {from, columns}: PublishedTable, shares: Shares) {
  const names = columns.map(({name}) => quoteName(name));
  const drawn = (share: number) => (share < 1 ? sampleCondition(["id"], share) : "true");
  await database.run(`
    create table publication.segments.profiles as
    select (row_number() over (order by id) - 1)::uinteger as row, ${names.join(", ")},
      ${drawn(shares.events)} as is_event_sample
    from ${quoteName(from)} where ${drawn(shares.profiles)} order by id`);
}

async function writeEvents(database: Database, {columns, where}: SegmentEvents) {
  await database.run(`
    create or replace temp table segment_rows as
    select profile_id, row
    from (select profile_id, ${formatIdSql("profile_id")} as id from core.profiles)
    join publication.segments.profiles using (id)
    where is_event_sample`);
  try {
    await database.run(`
      create table publication.segments.events as
      select row, ${columns.join(", ")}
      from core.events join segment_rows using (profile_id)
      where ${where}
      order by row, event_time, event_type, source, event_id`);
  } finally {
    await database.run("drop table segment_rows");
  }
}

async function attachedCounts(
  database: Database,
  path: string,
  of: Shares,
  profiles: PublishedTable | undefined,
  events: SegmentEvents | undefined
): Promise<Publication> {
  const hash = await contentHash(database, path);
  await database.run(`attach ${quoteText(path)} as publication (read_only)`);
  try {
    const rows = async (name: string) =>
      Number(await database.value(`select count(*) from publication.segments.${name}`));
    const tables = events && profiles ? [{name: "segments.events", rows: await rows("events"), of: of.events}] : [];
    return {hash, bytes: statSync(path).size, rows: profiles ? await rows("profiles") : 0, of: of.profiles, tables};
  } finally {
    await database.run("detach publication");
  }
}
