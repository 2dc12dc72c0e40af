import {addDays, localDate} from "../../lib/calendar.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import {columnsOf} from "../engine/columns.js";
import {fingerprintOf} from "../engine/fingerprintOf.js";
import type {BuildContext, GraphNode} from "../engine/node.js";
import {relationKind} from "../engine/relationKind.js";
import {tableVersions} from "../engine/versions.js";

/**
 * For a model refreshed by partition: the value of its column from which it must be computed again, as SQL; undefined
 * where all of it must. The column is a date or time, and a partition's rows depend on events of its time or before.
 */
export async function partitionStart(
  {database, workspace, asOf, full}: BuildContext,
  node: GraphNode,
  column: string
): Promise<string | undefined> {
  const fingerprint = await othersFingerprint({database, asOf}, node);
  const state = await database.row<{fingerprint: string; change_id: number}>(
    "select fingerprint, change_id from runs.partitions where name = $name and partition = ''",
    {name: node.name}
  );
  await database.run("delete from runs.partitions where name = $name", {name: node.name});
  await database.run(
    `insert into runs.partitions
     select $name, '', $fingerprint, (select coalesce(max(change_id), 0) from landing.changes)`,
    {name: node.name, fingerprint}
  );
  if (full || state?.fingerprint !== fingerprint || (await relationKind(database, node.name)) !== "table") return;
  const earliest = await database.value<Date | null>(
    "select min(earliest) from landing.changes where change_id > $id::bigint",
    {id: state.change_id}
  );
  if (!earliest) return;
  // A day of grace, because the column may be in UTC or local.
  const day = addDays(localDate(earliest, workspace.time_zone), -1);
  const type = (await columnsOf(database, quoteName(node.name))).find(({name}) => name === column)?.type;
  if (type !== "DATE" && type !== "TIMESTAMP") return;
  const start = await database.value<string | null>(
    `select max(${quoteName(column)})::varchar from ${quoteName(node.name)} where ${quoteName(column)} <= date '${day}'`
  );
  return start ? `${quoteText(start)}::${type}` : undefined;
}

/** What must be the same for old partitions to hold: everything but the events. */
async function othersFingerprint({database, asOf}: Pick<BuildContext, "database" | "asOf">, node: GraphNode) {
  const versions = await tableVersions(database);
  const others = node.inputs.filter((name) => name !== "core.events").map((name) => [name, versions.get(name)]);
  const parts = [node.fingerprint, node.header, others, node.usesAsOf ? asOf.getTime() : null];
  return fingerprintOf(parts);
}
