import type {Database} from "../engine/database.js";
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
}

/**
 * Appends the events of the staged rows to `core.events`. Of several events with one id the later received_at given in
 * the data stays, then the greater content hash; the others are kept in `landing.duplicates`, one per batch, in case the
 * winner's batch is withdrawn.
 */
export async function appendEvents(
  database: Database,
  compiled: CompiledSource,
  options: LoadOptions
): Promise<Loaded> {
  const {batchId} = options;
  const columns = eventColumns.join(", ");
  const contested = compiled.source.rule.rule === "row" ? 0 : await findContested(database, compiled);
  const where = contested === 0 ? "true" : "(s._key >> 8) not in (from contested)";
  await database.run(
    `insert into core.events select ${columns} from (${eventsSql(compiled, options, where)}) order by event_time`
  );
  const rows = await database.row<{yielding: number; skipped: number}>(
    `select count(*) filter (yielded > 0) as yielding, count(*) filter (yielded = 0) as skipped
     from (select ${yieldSql(compiled)} as yielded from staged where raw is null)`
  );
  const duplicates = contested === 0 ? 0 : await settle(database, compiled, options);
  const added = await database.row<{events: number; earliest: Date | null}>(
    "select count(*) as events, min(event_time) as earliest from core.events where batch_id = $batchId",
    {batchId}
  );
  const {yielding, skipped} = rows!;
  return {loaded: yielding - duplicates, duplicates, skipped, ...added!};
}

/** Fills the temporary table `contested` with the row keys that occur more than once; says how many. */
async function findContested(database: Database, {source}: CompiledSource): Promise<number> {
  await database.run("drop table if exists contested");
  const present = await database.value<boolean>(
    "select exists (from core.events where source = $source) or exists (from landing.duplicates where source = $source)",
    {source: source.id}
  );
  const twice = "select _key >> 8 as key from staged where raw is null group by 1 having count(*) > 1";
  const known = (table: string) => `
    select event_id >> 8 from ${table}
    where source = $source and (event_id >> 8) in (select _key >> 8 from staged where raw is null)`;
  await database.run(
    `create temp table contested as
     select distinct key from (${present ? `${twice} union all ${known("core.events")} union all ${known("landing.duplicates")}` : twice})`,
    present ? {source: source.id} : undefined
  );
  return (await database.value<number>("select count(*) from contested"))!;
}

/** Decides the contested ids; returns how many staged rows come to nothing. */
async function settle(database: Database, compiled: CompiledSource, options: LoadOptions): Promise<number> {
  const {batchId} = options;
  const source = compiled.source.id;
  const columns = eventColumns.join(", ");
  const merit = meritSql(compiled);
  await database.run("drop table if exists candidates");
  await database.run(
    `create temp table candidates as
     with fresh as (${eventsSql(compiled, options, "(s._key >> 8) in (from contested)")}),
     best as (from fresh qualify row_number() over (partition by event_id order by ${merit}, _row) = 1),
     rivals as (
       select *, -1 as _row from core.events where source = $source and (event_id >> 8) in (from contested)
       union all
       select *, -2 as _row from landing.duplicates where source = $source and (event_id >> 8) in (from contested)
       union all from best
     )
     select *, row_number() over (partition by event_id order by ${merit}, batch_id) = 1 as _wins from rivals`,
    {source}
  );
  const rows = await database.row<{fresh: number; won: number}>(
    `select
       (select count(*) from staged where raw is null and (_key >> 8) in (from contested) and ${yieldSql(compiled)} > 0) as fresh,
       (select count(distinct _row) from candidates where _wins and _row >= 0) as won`
  );
  await creditBatches(database, "candidates where _row = -1 and not _wins", -1);
  await creditBatches(database, "candidates where _row = -2 and _wins", 1);
  await database.run("delete from core.events where source = $source and (event_id >> 8) in (from contested)", {
    source
  });
  await database.run("delete from landing.duplicates where source = $source and (event_id >> 8) in (from contested)", {
    source
  });
  await database.run(`
    insert into core.events select ${columns} from candidates where _wins order by event_time;
    insert into landing.duplicates select ${columns} from candidates where not _wins;
  `);
  void batchId;
  return rows!.fresh - rows!.won;
}

/**
 * Takes a batch's events out of `core.events`; the best of those that they had displaced move in. Returns the smallest
 * event time concerned.
 */
export async function withdrawBatch(
  database: Database,
  source: string,
  batchId: number,
  merit: string
): Promise<Date | null> {
  const columns = eventColumns.join(", ");
  const earliest = await database.value<Date | null>(
    "select min(event_time) from core.events where batch_id = $batchId",
    {batchId}
  );
  await database.run("delete from landing.duplicates where batch_id = $batchId", {batchId});
  await database.run("drop table if exists candidates");
  await database.run(
    `create temp table candidates as
     from landing.duplicates
     where source = $source and event_id in (select event_id from core.events where batch_id = $batchId)
     qualify row_number() over (partition by event_id order by ${merit}, batch_id) = 1`,
    {source, batchId}
  );
  await database.run("delete from core.events where batch_id = $batchId", {batchId});
  await creditBatches(database, "candidates", 1);
  await database.run(`
    insert into core.events select ${columns} from candidates order by event_time;
    delete from landing.duplicates d using candidates c
    where d.source = c.source and d.event_id = c.event_id and d.batch_id = c.batch_id;
  `);
  await database.run("delete from landing.identities where batch_id = $batchId", {batchId});
  await database.run("delete from landing.rejects where batch_id = $batchId", {batchId});
  await database.run("update landing.batches set status = 'withdrawn' where batch_id = $batchId", {batchId});
  return earliest ?? null;
}

/** Moves rows between `loaded` and `duplicates` in the ledger of the batches whose events moved. */
async function creditBatches(database: Database, moved: string, sign: 1 | -1): Promise<void> {
  await database.run(
    `update landing.batches b set
       loaded = (b.loaded + ${sign} * m.rows)::ubigint, duplicates = (b.duplicates - ${sign} * m.rows)::ubigint,
       events = (b.events + ${sign} * m.events)::ubigint
     from (
       select batch_id, count(*) as events, count(distinct event_id >> 8) as rows from (select * from ${moved}) group by 1
     ) m
     where b.batch_id = m.batch_id`
  );
}

/** The order in which events of one id are preferred; the first wins. */
export function meritSql({receivedAt}: Pick<CompiledSource, "receivedAt">): string {
  const content = `md5_number(concat_ws(chr(31), event_type, event_time, coalesce(identity_id::varchar, ''),
    coalesce(value::varchar, ''), coalesce(currency, ''), coalesce(quantity::varchar, ''), coalesce(campaign_id, ''),
    coalesce(send_id, ''), json_merge_patch('{}', to_json(properties))::varchar))`;
  return `${receivedAt ? "received_at desc nulls last, " : ""}${content} desc`;
}
