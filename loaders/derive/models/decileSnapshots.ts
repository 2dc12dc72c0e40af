import {createHash} from "node:crypto";
import {quoteInstant} from "../../../lib/sql.js";
import type {Database} from "../../engine/database.js";
import type {BuildContext, GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {relationKind} from "../buildNode.js";
import {decileCalendar} from "../calendar.js";
import {recordPartitions, validPartitions} from "../partitions.js";
import {typescriptModel} from "../typescriptModel.js";
import {decileColumns, decileInputs, hasForecastMetric, metricQueries} from "./deciles.js";

const table = "derived.decile_snapshots";
const columns = [
  "profile_id",
  "metric",
  "lookback",
  "category",
  "bucket",
  "reason",
  "percentile",
  "value",
  "as_of"
] as const;
const epoch = new Date(0);

/**
 * `derived.decile_snapshots`: the deciles of every instant of the calendar, a partition each. A partition is computed
 * again only when the definitions or an event before its instant have changed since.
 */
export function decileSnapshotsNode(workspace: Workspace): GraphNode {
  const definition = [metricQueries(workspace, [epoch], "lean"), workspace.time_zone];
  const fingerprint = createHash("sha256").update(JSON.stringify(definition)).digest("hex");
  return typescriptModel({
    header: {
      name: table,
      description: "Where everybody ranked at every instant of the calendar: now, month starts and campaigns' sends.",
      grain: "one row per instant, person, metric, lookback and category",
      columns: Object.fromEntries(columns.map((column) => [column, decileColumns[column]])),
      tests: [{not_null: ["profile_id", "metric", "lookback", "category", "as_of"]}]
    },
    inputs: [
      ...decileInputs(workspace),
      "derived.deciles",
      "landing.changes",
      ...(hasForecastMetric(workspace) ? ["derived.value_snapshots"] : [])
    ],
    usesAsOf: true,
    content: [definition, workspace.history, workspace.campaigns.map(({id, ids, sent_at}) => [id, ids, sent_at])],
    build: (context) => build(context, fingerprint)
  });
}

async function build(context: BuildContext, fingerprint: string): Promise<void> {
  const {database, workspace, asOf, full} = context;
  const calendar = await decileCalendar(database, workspace, asOf);
  const past = calendar.filter((end) => end < asOf);
  const isThere = !full && (await relationKind(database, table)) !== undefined;
  const kept = isThere ? await validPartitions(database, table, past, fingerprint) : [];
  const target = kept.length > 0 ? table : `${table}__new`;
  if (kept.length > 0)
    await database.run(`delete from ${table} where as_of not in (${kept.map(quoteInstant).join(", ")})`);
  const missing = past.filter((end) => !kept.some((instant) => instant.getTime() === end.getTime()));
  const list = columns.join(", ");
  const now = `select ${list} from derived.deciles`;
  await database.run(kept.length > 0 ? `insert into ${table} ${now}` : `create table ${target} as ${now}`);
  for (const asOfs of chunks(missing, await instantsAtOnce(database, workspace))) {
    for (const sql of metricQueries(workspace, asOfs, "lean"))
      await database.run(`insert into ${target} (${list}) ${sql}`);
  }
  await recordPartitions(database, table, past, fingerprint);
}

/** How many instants one query may rank, so that a large base stays within memory. */
async function instantsAtOnce(database: Database, workspace: Workspace): Promise<number> {
  const profiles = (await database.value<number>("select count(*) from core.profiles")) ?? 0;
  return Math.max(1, Math.floor(4_000_000 / (Math.max(profiles, 1) * workspace.lookbacks.length)));
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({length: Math.ceil(items.length / size)}, (_, i) => items.slice(i * size, (i + 1) * size));
}
