import type {Database} from "../engine/database.js";
import {putIn} from "../engine/rowGroups.js";
import type {CompiledSource} from "./compile.js";
import {eventColumns, eventsSql, yieldSql, type LoadOptions} from "./load.js";

/** What a batch's good rows came to. */
export interface Loaded {
  loaded: number;
  duplicates: number;
  skipped: number;
  events: number;
  /** The smallest event time that was added or taken away. */
  earliest: Date | null;
  /** Events of earlier batches that had to move. */
  moved: number;
}

/**
 * Appends the events of the staged rows to `core.events`. Of several rows with one key the later received_at given in
 * the data stays with all its events, then the greater content hash; the others are kept in `landing.duplicates`, one
 * row per batch, in case the winner's batch is withdrawn.
 */
export async function appendEvents(
  database: Database,
  compiled: CompiledSource,
  options: LoadOptions
): Promise<Loaded> {
  const contested = compiled.source.rule.rule === "row" ? nothing : await findContested(database, compiled);
  const where = contested.keys === 0 ? "true" : "s._key not in (select key from contested)";
  if (await yieldsAny(database, compiled, where)) {
    await database.run(`insert into core.events ${eventsSql(compiled, options, {where, order: true})}`);
  }
  const always = compiled.events.some((event) => !event.when);
  const yielding = always
    ? options.good
    : (await database.value<number>(`select count(*) from staged where raw is null and ${yieldSql(compiled)} > 0`))!;
  const settled =
    contested.keys === 0 ? {lost: 0, earliest: null, moved: 0} : await settle(database, compiled, options, contested);
  const added = await database.row<{events: number; earliest: Date | null}>(
    "select count(*) as events, min(event_time) as earliest from core.events where batch_id = $batchId",
    {batchId: options.batchId}
  );
  return {
    loaded: yielding - settled.lost,
    duplicates: settled.lost,
    skipped: options.good - yielding,
    events: added!.events,
    earliest: earlier(added!.earliest, settled.earliest),
    moved: settled.moved
  };
}

/** Whether there is an event to put in. Nothing must never be put in (`putIn`). */
async function yieldsAny(database: Database, compiled: CompiledSource, where: string): Promise<boolean> {
  const row = await database.row(
    `select 1 from staged s where raw is null and ${yieldSql(compiled)} > 0 and ${where} limit 1`
  );
  return row !== undefined;
}

/** How many row keys occur more than once, and how many of them are known from earlier batches. */
interface Contested {
  keys: number;
  known: number;
}

const nothing: Contested = {keys: 0, known: 0};

/** Fills the temporary table `contested` with the row keys that occur more than once; says how many. */
async function findContested(database: Database, {source, events}: CompiledSource): Promise<Contested> {
  const parts = [
    "select _key as key, false as is_known from staged where raw is null group by _key having count(*) > 1"
  ];
  const parameters = {source: source.id};
  const own = (await database.row<{first: number | null; last: number; mixed: boolean}>(
    `with own as (
       select min(batch_id) as first, max(batch_id) as last from landing.batches
       where source = $source and status = 'loaded' and events > 0
     )
     select *, exists (
       from landing.batches
       where source <> $source and status = 'loaded' and events > 0 and batch_id between first and last
     ) as mixed
     from own`,
    parameters
  ))!;
  if (own.first !== null) {
    // With one event per row an id can be compared as it stands, which spares a shift per event of the warehouse.
    const shared =
      events.length === 1
        ? "event_id in (select _key << 8 from staged where raw is null)"
        : "(event_id >> 8) in (select _key from staged where raw is null)";
    // Where its batches stand together the engine knows by row groups whose events they are, and compares no text.
    const among = `batch_id between ${own.first} and ${own.last} ${own.mixed ? "and source = $source" : ""}`;
    parts.push(
      `select event_id >> 8 as key, true as is_known from core.events where ${among} and ${shared}`,
      `select event_id >> 8 as key, true as is_known from landing.duplicates where source = $source and ${shared}`
    );
  }
  await database.run("drop table if exists contested");
  await database.run(
    `create temp table contested as
     select key, bool_or(is_known) as is_known from (${parts.join(" union all ")}) group by key`,
    own.first === null ? undefined : parameters
  );
  return (await database.row<Contested>(
    "select count(*) as keys, count(*) filter (is_known) as known from contested"
  ))!;
}

/** How many staged rows come to nothing, and how many events change their table or come in. */
interface Settled extends Record<"lost" | "displaced" | "promoted" | "winning" | "losing", number> {
  earliest: Date | null;
}

/** Decides the contested ids; returns how many staged rows come to nothing, and how many earlier events move. */
async function settle(
  database: Database,
  compiled: CompiledSource,
  options: LoadOptions,
  {known}: Contested
): Promise<{lost: number; earliest: Date | null; moved: number}> {
  const merit = meritSql(compiled);
  const ids = "select key from contested where is_known";
  const earlier = `
    select *, -1 as _row from core.events where source = $source and (event_id >> 8) in (${ids})
    union all
    select *, -2 as _row from landing.duplicates where source = $source and (event_id >> 8) in (${ids})
    union all`;
  await database.run("drop table if exists candidates");
  await database.run(
    `create temp table candidates as
     with fresh as (${eventsSql(compiled, options, {where: "s._key in (select key from contested)", row: true})}),
     best as (select * exclude (_place) from (${placed("fresh", merit, "_row")}) where _place = 1),
     rivals as (${known > 0 ? earlier : ""} from best)
     select * exclude (_place), _place = 1 as _wins from (${placed("rivals", merit, "batch_id")})`,
    known > 0 ? {source: compiled.source.id} : undefined
  );
  const counts = await database.row<Settled>(
    `select
       (select count(*) from staged where raw is null and _key in (select key from contested) and ${yieldSql(compiled)} > 0)
         - count(distinct case when _wins and _row >= 0 then _row end) as lost,
       count(*) filter (_row = -1 and not _wins) as displaced,
       count(*) filter (_row = -2 and _wins) as promoted,
       count(*) filter (_row <> -1 and _wins) as winning,
       count(*) filter (_row <> -2 and not _wins) as losing,
       min(event_time) filter (_row = -1 and not _wins) as earliest
     from candidates`
  );
  if (counts!.displaced > 0) {
    await creditBatches(database, "candidates where _row = -1 and not _wins", -1);
    await remove(database, "core.events", "_row = -1 and not _wins");
  }
  if (known > 0) {
    await creditBatches(database, "candidates where _row = -2 and _wins", 1);
    await remove(database, "landing.duplicates", "_row = -2 and _wins");
  }
  const {lost, earliest, displaced, promoted, winning, losing} = counts!;
  const chosen = (which: string) => `select ${eventColumns} from candidates where ${which}`;
  await putIn(database, winning, `core.events ${chosen("_wins and _row <> -1")} order by event_time`);
  await putIn(database, losing, `landing.duplicates ${chosen("not _wins and _row <> -2")}`);
  return {lost, earliest, moved: displaced + promoted};
}

/**
 * Takes a batch's events out of `core.events`; the best of those that they had displaced move in. Returns the smallest
 * event time concerned, and how many moved in.
 */
export async function withdrawEvents(
  database: Database,
  source: string,
  batchId: number,
  merit: Merit
): Promise<{earliest: Date | null; promoted: number}> {
  const parameters = {source, batchId};
  const earliest = await database.value<Date | null>(
    "select min(event_time) from core.events where batch_id = $batchId",
    {batchId}
  );
  await database.run("delete from landing.duplicates where batch_id = $batchId", {batchId});
  await database.run("drop table if exists candidates");
  await database.run(
    `create temp table candidates as
     with rivals as (
       from landing.duplicates
       where source = $source and (event_id >> 8) in (select event_id >> 8 from core.events where batch_id = $batchId)
     )
     select * exclude (_place) from (${placed("rivals", merit, "batch_id")}) where _place = 1`,
    parameters
  );
  await database.run("delete from core.events where batch_id = $batchId", {batchId});
  await creditBatches(database, "candidates", 1);
  await remove(database, "landing.duplicates", "true");
  const promoted = (await database.row<{events: number; earliest: Date | null}>(
    "select count(*) as events, min(event_time) as earliest from candidates"
  ))!;
  await putIn(database, promoted.events, `core.events select ${eventColumns} from candidates order by event_time`);
  return {earliest: earlier(earliest ?? null, promoted.earliest), promoted: promoted.events};
}

/** How rows of one key are preferred: the first wins. */
export interface Merit {
  order: string;
  /** SQL of one event's content. */
  content: string;
  /** Whether a row may yield several events. */
  several: boolean;
}

/** The order in which rows of one key are preferred. A row's events stay with one person. */
export function meritSql({receivedAt, events}: Pick<CompiledSource, "receivedAt" | "events">): Merit {
  // Properties that are null are left out, so that a property declared later does not change who wins.
  const content = `md5_number(concat_ws(chr(31), event_type, event_time,
    coalesce(value::varchar, ''), coalesce(currency, ''), coalesce(quantity::varchar, ''), coalesce(campaign_id, ''),
    coalesce(send_id, ''), json_merge_patch('{}', to_json(properties))::varchar))`;
  const order = `${receivedAt ? "received_at desc nulls last, " : ""}identity_id desc, _content desc`;
  return {order, content, several: events.length > 1};
}

/**
 * SQL of a table's events with `_place`, their row's place among the rows of its key: 1 wins. Events of one key and one
 * value of `row` are one row's, and share its place.
 */
function placed(table: string, {order, content, several}: Merit, row: string): string {
  const whole = several
    ? `md5_number(string_agg(${content}::varchar, ' ' order by event_id) over (partition by event_id >> 8, ${row}))`
    : content;
  return `
    select * exclude (_content), dense_rank() over (partition by event_id >> 8 order by ${order}, ${row}) as _place
    from (select *, ${whole} as _content from ${table})`;
}

export function earlier(a: Date | null, b: Date | null): Date | null {
  return a && b ? (a < b ? a : b) : (a ?? b);
}

async function remove(database: Database, table: string, which: string): Promise<void> {
  await database.run(
    `delete from ${table} t using (select * from candidates where ${which}) c
     where t.source = c.source and t.event_id = c.event_id and t.batch_id = c.batch_id`
  );
}

/** Moves rows between `loaded` and `duplicates` in the ledger of the batches whose events moved. */
async function creditBatches(database: Database, moved: string, sign: 1 | -1): Promise<void> {
  await database.run(
    `update landing.batches b set
       loaded = (b.loaded::bigint + ${sign} * m.rows)::ubigint,
       duplicates = (b.duplicates::bigint - ${sign} * m.rows)::ubigint,
       events = (b.events::bigint + ${sign} * m.events)::ubigint
     from (
       select batch_id, count(*) as events, count(distinct event_id >> 8) as rows from (select * from ${moved}) group by 1
     ) m
     where b.batch_id = m.batch_id`
  );
}
