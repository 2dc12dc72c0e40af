import type {Database} from "../engine/database.js";
import {lockHolder} from "../engine/lock.js";
import {relationKinds} from "../engine/relationKind.js";
import {openSnapshot} from "../engine/snapshot.js";
import {statePaths} from "../engine/warehouse.js";
import {ingested} from "../publish/catalog/tables.js";
import {readWorkspace, showPath, tenfold} from "../workspace.js";
import {workspaceOptions, type Command} from "./command.js";
import {asOfText, count, localTime, plural, textTable, toJson} from "./text.js";

export const statusCommand: Command = {
  name: "status",
  summary: "freshness, last runs, tests, rejects",
  positionals: [],
  options: workspaceOptions,
  async run(call) {
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    const holder = lockHolder(statePaths(workspace).lock);
    const database = await openSnapshot(workspace);
    if (!database) {
      const message = `nothing in ${showPath(workspace.warehouse)} yet: run \`${tenfold(workspace.root, "refresh")}\``;
      return await call.print(
        call.json ? toJson({workspace: workspace.name, refreshed: false, running: holder ?? null}) : `${message}\n`
      );
    }
    try {
      const found = {workspace: workspace.name, refreshed: true, running: holder ?? null, ...(await status(database))};
      await call.print(call.json ? toJson(found) : describe(found, workspace.time_zone));
    } finally {
      database.close();
    }
  }
};

interface Status {
  as_of: Date | null;
  events: number;
  newest_event: Date | null;
  runs: {started_at: Date; status: string; seconds: number; rows: number; as_of: Date | null; error: string | null}[];
  tables: {
    name: string;
    rows: number | null;
    built_at: Date | null;
    stale_since: Date | null;
    stale_reason: string | null;
  }[];
  batches: {source: string; status: string; batches: number; rows: number; loaded: number; rejected: number; duplicates: number; skipped: number}[]; // prettier-ignore
  rejects: {source: string; code: string; rejects: number}[];
  failed_batches: {source: string; file: string; error: string | null}[];
  failed_audiences: {audience_id: string; reason: string}[];
  /** Scheduled deliveries whose latest try failed. */
  failed_deliveries: {destination_id: string; audience_id: string; scheduled_for: Date; error: string | null}[];
}

async function status(database: Database): Promise<Status> {
  const known = new Set(
    (
      await database.rows<{name: string}>(
        "select if(database_name = 'records', 'records', schema_name) || '.' || table_name as name from duckdb_tables()"
      )
    ).map((t) => t.name)
  );
  const rows = async <T>(table: string, sql: string) => (known.has(table) ? await database.rows<T>(sql) : []);
  const runs = await database.rows<Status["runs"][number]>(
    "select started_at, status, seconds, rows, as_of, error from runs.runs where kind = 'refresh' order by started_at desc limit 5"
  );
  const [events] = await rows<{n: number; newest: Date | null}>(
    "core.events",
    "select count(*) as n, max(event_time) as newest from core.events"
  );
  const built = await rows<Status["tables"][number]>(
    "runs.versions",
    "select name, rows, built_at, stale_since, stale_reason from runs.versions where fingerprint is not null order by name"
  );
  return {
    as_of: runs.find((run) => run.as_of)?.as_of ?? null,
    events: events?.n ?? 0,
    newest_event: events?.newest ?? null,
    runs,
    tables: [...(await takenIn(database)), ...built],
    batches: await rows(
      "landing.batches",
      `select source, status, count(*) as batches, sum(rows)::bigint as rows, sum(loaded)::bigint as loaded,
         sum(rejected)::bigint as rejected, sum(duplicates)::bigint as duplicates, sum(skipped)::bigint as skipped
       from landing.batches group by all order by all`
    ),
    rejects: await rows(
      "landing.rejects",
      "select source, code, count(*) as rejects from landing.rejects group by all order by source, rejects desc, code"
    ),
    failed_batches: await rows(
      "landing.batches",
      "select source, file, error from landing.batches where status = 'failed' order by source, file"
    ),
    failed_audiences: await rows(
      "derived.audience_failures",
      "select audience_id, reason from derived.audience_failures order by audience_id"
    ),
    failed_deliveries: await rows(
      known.has("activation.schedules") ? "records.delivery_attempts" : "",
      `select destination_id, audience_id, max(scheduled_for) as scheduled_for,
         arg_max(coalesce(error, ''), (scheduled_for, rowid)) as error
       from records.delivery_attempts semi join activation.schedules using (destination_id, audience_id)
       group by destination_id, audience_id, campaign_id
       having arg_max(status, (scheduled_for, rowid)) = 'failed' order by all`
    )
  };
}

/** The tables that ingestion keeps: they are never stale. */
async function takenIn(database: Database): Promise<Status["tables"]> {
  const kinds = await relationKinds(database);
  const there = Object.keys(ingested).filter((name) => kinds.has(name));
  return there.map((name) => ({name, rows: null, built_at: null, stale_since: null, stale_reason: null}));
}

function describe(
  s: Status & {workspace: string; running: {command: string; pid: number} | null},
  zone: string
): string {
  const time = (instant: Date | null) => (instant ? localTime(instant, zone) : "never");
  const [last] = s.runs;
  const stale = s.tables.filter((table) => table.stale_since);
  const lines = [
    s.as_of && s.events > 0
      ? `${s.workspace}: as of ${asOfText(s.as_of, zone)}; newest event ${time(s.newest_event)}; ${plural(s.events, "event")}`
      : `${s.workspace}: no event has been taken in yet`,
    last ? `last refresh ${time(last.started_at)}: ${last.status}, ${last.seconds.toFixed(1)} s` : "never refreshed"
  ];
  if (s.running) lines.push(`running now: \`${s.running.command}\` (process ${s.running.pid})`);
  if (last?.error) lines.push(...last.error.split("\n").map((line) => `  ${line}`));
  const section = (title: string, header: string[], cells: string[][]) => {
    if (cells.length > 0) lines.push("", title, ...textTable(header, cells));
  };
  if (stale.length === 0) lines.push(`${plural(s.tables.length, "table")}, none stale`);
  section(
    `${plural(s.tables.length, "table")}, ${stale.length} stale`,
    ["stale table", "since", "why"],
    stale.map((table) => [table.name, time(table.stale_since), table.stale_reason ?? ""])
  );
  section(
    "batches",
    ["source", "status", "batches", "rows", "loaded", "rejected", "duplicates", "skipped"],
    s.batches.map((b) => [
      b.source,
      b.status,
      ...[b.batches, b.rows, b.loaded, b.rejected, b.duplicates, b.skipped].map((n) => count(n ?? 0))
    ])
  );
  section("failed batches", ["source", "file", "why"], s.failed_batches.map((b) => [b.source, b.file, b.error ?? ""])); // prettier-ignore
  section(
    "failed audiences",
    ["audience", "why"],
    s.failed_audiences.map((one) => [one.audience_id, one.reason])
  );
  section(
    "failed deliveries",
    ["destination", "audience", "for", "why"],
    s.failed_deliveries.map((one) => [one.destination_id, one.audience_id, time(one.scheduled_for), one.error ?? ""])
  );
  section("rejects", ["source", "code", "rows"], s.rejects.map((r) => [r.source, r.code, count(r.rejects)])); // prettier-ignore
  section(
    "last runs",
    ["started", "status", "seconds", "events"],
    s.runs.map((run) => [time(run.started_at), run.status, run.seconds.toFixed(1), count(run.rows ?? 0)])
  );
  return `${lines.join("\n")}\n`;
}
