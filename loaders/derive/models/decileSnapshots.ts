import {quoteInstant} from "../../../lib/sql.js";
import type {Database} from "../../engine/database.js";
import {fingerprintOf} from "../../engine/fingerprintOf.js";
import type {BuildContext, GraphNode, Made} from "../../engine/node.js";
import {relationKind} from "../../engine/relationKind.js";
import type {Workspace} from "../../workspace.js";
import {decileCalendar} from "../calendar.js";
import {decileTypes} from "../decileTypes.js";
import {recordPartitions, validPartitions} from "../partitions.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {decileColumns, decileInputs, hasForecastMetric, metricQueries} from "./deciles.js";

const pastTable = "derived.decile_past";
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
const described = Object.fromEntries(columns.map((column) => [column, decileColumns[column]]));
const grain = "one row per instant, person, metric, lookback and category";
const epoch = new Date(0);

/** `derived.decile_snapshots`: the deciles of every instant of the calendar: those of the past, and those of now. */
export function decileSnapshotsNode(): GraphNode {
  const list = columns.join(", ");
  const sql = `select ${list} from ${pastTable} union all select ${list} from derived.deciles`;
  return typescriptModel({
    header: {
      name: "derived.decile_snapshots",
      description: "Where everybody ranked at every instant of the calendar: now, month starts and campaigns' sends.",
      grain,
      columns: described
    },
    inputs: [pastTable, "derived.deciles"],
    content: sql,
    async build({database}) {
      await database.run(`create view derived.decile_snapshots__new as ${sql}`);
      return "view";
    }
  });
}

/**
 * `derived.decile_past`: the deciles of the calendar's past instants, a partition each. A partition is computed again
 * only when the definitions or an event before its instant have changed since.
 */
export function decilePastNode(workspace: Workspace): GraphNode {
  const definition = [metricQueries(workspace, [epoch], {shape: "lean"}), workspace.time_zone, 2];
  const fingerprint = fingerprintOf(definition);
  return typescriptModel({
    header: {
      name: pastTable,
      description: "Where everybody ranked at the calendar's instants before now: month starts and campaigns' sends.",
      grain,
      columns: described,
      tests: [{not_null: ["profile_id", "metric", "lookback", "category", "as_of"]}]
    },
    inputs: [
      ...decileInputs(workspace),
      "landing.changes",
      ...(hasForecastMetric(workspace) ? ["derived.value_snapshots"] : [])
    ],
    usesAsOf: true,
    content: [definition, workspace.history, workspace.campaigns.map(({id, ids, sent_at}) => [id, ids, sent_at])],
    build: (context) => build(context, fingerprint)
  });
}

async function build(context: BuildContext, fingerprint: string): Promise<Made | void> {
  const {database, workspace, asOf, full} = context;
  const calendar = await decileCalendar(database, workspace, asOf);
  const past = calendar.filter((end) => end < asOf);
  const isThere = !full && (await relationKind(database, pastTable)) !== undefined;
  const kept = isThere ? await validPartitions(database, pastTable, past, fingerprint) : [];
  const missing = past.filter((end) => !kept.some((instant) => instant.getTime() === end.getTime()));
  const types = await decileTypes(
    database,
    workspace,
    kept.length > 0 ? `select distinct category::varchar from ${pastTable}` : undefined
  );
  // The table is kept and brought up to date, unless a category is new to it.
  const isKept = kept.length > 0 && (await hasType(database, "category", types.category));
  const target = isKept ? pastTable : `${pastTable}__new`;
  const instants = kept.map(quoteInstant).join(", ");
  if (isKept) await database.run(`delete from ${pastTable} where as_of not in (${instants})`);
  else {
    await database.run(
      `create table ${target} (
         profile_id ubigint, metric ${types.metric}, lookback ${types.lookback}, category ${types.category},
         bucket integer, reason ${types.reason}, percentile double, value decimal(18, 4), as_of timestamp
       )`
    );
    if (kept.length > 0) await database.run(`insert into ${target} from ${pastTable} where as_of in (${instants})`);
  }
  for (const asOfs of chunks(missing, await instantsAtOnce(database, workspace))) {
    for (const sql of metricQueries(workspace, asOfs, {shape: "lean", types})) {
      await database.run(`insert into ${target} (${columns.join(", ")}) ${sql}`);
    }
  }
  await recordPartitions(database, pastTable, past, fingerprint);
  if (isKept) return "updated";
}

async function hasType(database: Database, column: string, type: string): Promise<boolean> {
  const row = await database.row<{same: boolean}>(
    `select typeof(${column}) = typeof(null::${type}) as same from ${pastTable} limit 1`
  );
  return row?.same ?? false;
}

/** How many instants one query may rank, so that a large base stays within memory. */
async function instantsAtOnce(database: Database, workspace: Workspace): Promise<number> {
  const profiles = (await database.value<number>("select count(*) from core.profiles")) ?? 0;
  return Math.max(1, Math.floor(4_000_000 / (Math.max(profiles, 1) * workspace.lookbacks.length)));
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({length: Math.ceil(items.length / size)}, (_, i) => items.slice(i * size, (i + 1) * size));
}
