import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";

/** Those instants whose partition of a table still says what a full build would say. */
export async function validPartitions(
  database: Database,
  table: string,
  past: Date[],
  fingerprint: string
): Promise<Date[]> {
  const rows = await database.rows<{partition: string}>(
    `select partition from runs.partitions as built
     where name = $table and fingerprint = $fingerprint and not exists (
       from landing.changes where change_id > built.change_id and earliest < partition::timestamp
     )`,
    {table, fingerprint}
  );
  const valid = new Set(rows.map((row) => new Date(row.partition).getTime()));
  return past.filter((end) => valid.has(end.getTime()));
}

/** Records that a table's partitions of these instants stand for all events known now. */
export async function recordPartitions(
  database: Database,
  table: string,
  past: Date[],
  fingerprint: string
): Promise<void> {
  await database.run(
    `delete from runs.partitions where name = ${quoteText(table)};
     insert into runs.partitions
     select ${quoteText(table)}, unnest([${past.map((end) => quoteText(end.toISOString())).join(", ")}]::varchar[]),
       ${quoteText(fingerprint)}, (select coalesce(max(change_id), 0) from landing.changes)`
  );
}
