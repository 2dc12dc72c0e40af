import {quoteName} from "../../lib/sql.js";
import {columnsOf} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import {putIn} from "../engine/rowGroups.js";
import type {Source} from "../workspace.js";
import {sqlType} from "./columns.js";
import type {CompiledSource} from "./compile.js";
import type {Loaded} from "./duplicates.js";

/** The table that a lookup source fills. */
function lookupTable(source: Source): string {
  return `core.${quoteName(source.table ?? source.id)}`;
}

/** Every row of every batch, losers too: what `core.<table>` is drawn from. */
function rowsTable(source: Source): string {
  return `landing.${quoteName(`rows_of_${source.table ?? source.id}`)}`;
}

/** Makes a lookup's tables where they are missing or of other columns. */
export async function createLookup(database: Database, source: Source): Promise<void> {
  const columns = Object.entries(source.columns).map(([name, {type}]) => `${quoteName(name)} ${sqlType(type)}`);
  const create = `
    create table if not exists ${lookupTable(source)} (${columns.join(", ")});
    create table if not exists ${rowsTable(source)} (_batch_id integer, _received_at timestamp, ${columns.join(", ")});
  `;
  await database.run(create);
  const present = (await columnsOf(database, lookupTable(source))).map(({name, type}) => `${quoteName(name)} ${type}`);
  if (present.join() === columns.join()) return;
  await database.run(`drop table ${lookupTable(source)}; drop table ${rowsTable(source)}; ${create}`);
}

/** Appends the good staged rows of a lookup and draws its table anew. */
export async function appendLookup(database: Database, compiled: CompiledSource, batchId: number): Promise<Loaded> {
  const {source, receivedAt} = compiled;
  const columns = Object.keys(source.columns).map(quoteName).join(", ");
  const good = (await database.value<number>("select count(*) from staged where raw is null"))!;
  await putIn(
    database,
    good,
    `${rowsTable(source)} select ${batchId}, ${receivedAt ?? "null"}, ${columns} from staged where raw is null`
  );
  const won = await drawLookup(database, source);
  const loaded = won.get(batchId) ?? 0;
  for (const [other, rows] of won) {
    if (other !== batchId) await recount(database, other, rows);
  }
  return {loaded, duplicates: good - loaded, skipped: 0, events: 0, earliest: null, moved: 0};
}

export async function withdrawLookup(database: Database, source: Source, batchId: number): Promise<void> {
  await database.run(`delete from ${rowsTable(source)} where _batch_id = ${batchId}`);
  for (const [other, rows] of await drawLookup(database, source)) await recount(database, other, rows);
}

/** One row per key: the later received_at given in the data, then the greater content. Returns the rows of each batch. */
async function drawLookup(database: Database, source: Source): Promise<Map<number, number>> {
  const names = Object.keys(source.columns).map(quoteName);
  const key = (source.key ?? Object.keys(source.columns)).map(quoteName).join(", ");
  const content = `md5_number(concat_ws(chr(31), ${names.map((name) => `coalesce(${name}::varchar, chr(0))`).join(", ")}))`;
  await database.run("drop table if exists drawn");
  await database.run(
    `create temp table drawn as from ${rowsTable(source)}
     qualify row_number() over (partition by ${key} order by _received_at desc nulls last, ${content} desc, _batch_id) = 1`
  );
  const drawn = (await database.value<number>("select count(*) from drawn"))!;
  await database.run(`delete from ${lookupTable(source)}`);
  await putIn(database, drawn, `${lookupTable(source)} select ${names.join(", ")} from drawn order by ${key}`);
  const rows = await database.rows<{batch: number; rows: number}>(
    `select b._batch_id as batch, count(d._batch_id) as rows
     from (select distinct _batch_id from ${rowsTable(source)}) b left join drawn d using (_batch_id) group by 1`
  );
  return new Map(rows.map((row) => [row.batch, row.rows]));
}

async function recount(database: Database, batchId: number, loaded: number): Promise<void> {
  await database.run(
    `update landing.batches set loaded = $loaded::ubigint, duplicates = rows - rejected - skipped - $loaded::ubigint
     where batch_id = $batchId and status = 'loaded'`,
    {batchId, loaded}
  );
}
