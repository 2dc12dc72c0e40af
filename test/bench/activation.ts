import {mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {destinationDefinition} from "../../lib/definitions/destination.js";
import {fileFormat} from "../../lib/definitions/fileFormat.js";
import {sourceDefinition} from "../../lib/definitions/source.js";
import {workspaceDefinition} from "../../lib/definitions/workspace.js";
import {quoteText} from "../../lib/sql.js";
import {activate, type ActivateReport} from "../../loaders/activate/activate.js";
import {tableWriter} from "../../loaders/activate/files/exportFiles.js";
import {createLedger} from "../../loaders/audiences/ledgerTables.js";
import type {Database} from "../../loaders/engine/database.js";
import {silent} from "../../loaders/engine/progress.js";
import {openWarehouse} from "../../loaders/engine/warehouse.js";
import type {Workspace} from "../../loaders/workspace.js";
import {clock, median, runs, seconds, type Row} from "./report.js";

const people = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000);
const audience = "everybody";

/** Rows of a request to a receiver with a limit. */
const rowsEach = 20;

/** What receivers allow: two as providers have them, and one that leaves a hundredth of a second. */
const limits = [
  {requests: 10, perSeconds: 1, windows: 15},
  {requests: 190, perSeconds: 10, windows: 3},
  {requests: 100, perSeconds: 1, windows: 10}
];

/** An audience of a million as a file, beside DuckDB's own COPY of the same columns; and asked again with nothing new. */
export async function activationBench(): Promise<Row[]> {
  const root = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "tenfold-activation-"));
  try {
    const workspace = benchWorkspace(root);
    const database = withSteps(await openWarehouse(workspace));
    try {
      await fill(database);
      const rows = await files(database, workspace);
      for (const allowed of limits) rows.push(await rate(database, workspace, allowed));
      return rows;
    } finally {
      database.close();
    }
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
}

async function files(database: Database, workspace: Workspace): Promise<Row[]> {
  const times: Record<"copy" | "file" | "sent" | "whole" | "again", number[]> = {copy: [], file: [], sent: [], whole: [], again: []}; // prettier-ignore
  const timed = async <T>(part: keyof typeof times, work: () => Promise<T>): Promise<T> => {
    const start = clock();
    const result = await work();
    times[part].push((clock() - start) / 1000);
    return result;
  };
  let planned = 0;
  // What it says first after the plan is that it writes.
  const progress = {...silent, step: (name: string) => void (name.endsWith(": writing") && (planned = clock()))};
  const send = (destination: string) => activate(database, workspace, {audience, destination, progress});
  const path = join(workspace.root, "file.csv");
  const format = fileFormat.parse({});
  for (const {id} of workspace.destinations) {
    expect(await timed("whole", () => send(id)), "done", people);
    times.sent.push((clock() - planned) / 1000);
    await database.run(
      "create or replace table copied as select unnest(fields), action::varchar as action from sending_rows order by place"
    );
    await timed("copy", () => database.run(`copy copied to ${quoteText(path)} (format csv, header)`));
    rmSync(path);
    await timed("file", async () => (await tableWriter(database, "sending_rows", format)).write(path));
    expect(await timed("again", () => send(id)), "nothing", 0);
  }
  const copy = median(times.copy);
  const row = (what: string, time: number, target?: number): Row => ({
    what,
    measured: seconds(time),
    against: `COPY ${seconds(copy)}`,
    ratio: time / copy,
    target
  });
  const again = median(times.again);
  const count = people.toLocaleString("en-US");
  return [
    row(`${count} people as a CSV file`, median(times.file), 1.3),
    row("the same with ledger and manifest, put in a folder", median(times.sent), 4),
    row("the same with its plan: who, why not, which fields, what was sent before", median(times.whole)),
    {
      what: "the same asked again: everybody against the ledger, nothing new",
      measured: seconds(again),
      against: "3 s",
      ratio: again / 3,
      target: 1
    }
  ];
}

/**
 * A delivery to a receiver that answers after a tenth of a second and refuses what is too much: how much of the rate that
 * it allows is used, from the first answer to the last. By the clock: nobody computes here.
 */
async function rate(database: Database, workspace: Workspace, allowed: (typeof limits)[number]) {
  const taken: number[] = [];
  let refused = 0;
  const receiver = createServer((request, response) => {
    request.resume().on("end", () => {
      const now = performance.now();
      const isTooMany = taken.filter((at) => at > now - allowed.perSeconds * 1000).length >= allowed.requests;
      if (isTooMany) ++refused;
      else taken.push(now);
      setTimeout(() => response.writeHead(isTooMany ? 429 : 200).end(), 100);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const {port} = receiver.address() as AddressInfo;
  const count = allowed.windows * allowed.requests;
  const id = `limited-${allowed.requests}-${allowed.perSeconds}`;
  const definition = destinationDefinition.parse({
    name: "Limited",
    kind: "webhook",
    url: `http://127.0.0.1:${port}`,
    secret_env: "BENCH_SECRET",
    batch: rowsEach,
    rate: {requests: allowed.requests, per_seconds: allowed.perSeconds},
    concurrency: 16,
    fields: {email: "email", name: "name", tier: "tier"}
  });
  workspace.destinations.push({...definition, id, file: `destinations/${id}.yaml`});
  await addAudience(database, id, count * rowsEach);
  try {
    const env = {BENCH_SECRET: "secret"};
    expect(await activate(database, workspace, {audience: id, destination: id, env}), "done", count * rowsEach);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
  const used = (taken.length - 1) / ((taken.at(-1)! - taken[0]!) / 1000);
  const most = allowed.requests / allowed.perSeconds;
  return {
    what: `requests to a receiver that allows ${allowed.requests} in ${allowed.perSeconds} s`,
    measured: `${used.toFixed(1)} a second (${refused} refused)`,
    against: `${(0.95 * most).toFixed(1)} a second`,
    ratio: (0.95 * most) / used,
    target: 1
  };
}

// Says what each statement costs.
function withSteps(database: Database): Database {
  if (process.env.BENCH_STEPS === undefined) return database;
  const timed = <A extends unknown[], T>(work: (sql: string, ...more: A) => Promise<T>) => async (sql: string, ...more: A) => {
    const start = clock();
    try {
      return await work(sql, ...more);
    } finally {
      const text = sql.replace(/\s+/g, " ").trim();
      console.error(`${seconds((clock() - start) / 1000).padStart(9)}  ${text.slice(0, 100)}`);
    }
  }; // prettier-ignore
  const {run, rows, row, value} = database;
  return {...database, run: timed(run), rows: timed(rows) as typeof rows, row: timed(row) as typeof row, value: timed(value) as typeof value}; // prettier-ignore
}

function expect({status, actions, error}: ActivateReport, expected: string, adds: number): void {
  if (status === expected && actions.add === adds) return;
  throw new Error(`${status}, ${actions.add} added: expected ${expected} and ${adds}${error ? ` (${error})` : ""}`);
}

function benchWorkspace(root: string): Workspace {
  for (const folder of ["landing", "destinations"]) mkdirSync(join(root, folder));
  const members = sourceDefinition.parse({
    kind: "profiles",
    columns: {member: {}, email: {}, name: {}, tier: {}, country: {}, newsletter: {type: "boolean"}},
    identities: [{namespace: "member", from: "member", primary: true}],
    attributes: {email: "email", name: "name", tier: "tier", country: "country", newsletter: "newsletter"}
  });
  const folder = destinationDefinition.parse({
    name: "Folder",
    kind: "folder",
    path: "out",
    fields: {
      email: {from: "email", required: true},
      name: "name",
      tier: "tier",
      country: "country",
      decile: "deciles.spend_12_months",
      value: "round(value.expected_value, 2)",
      send_id: "send_id"
    },
    consent: "newsletter",
    updates: true
  });
  return {
    ...workspaceDefinition.parse({
      name: "Bench",
      as_of: "2025-12-31",
      lookbacks: ["3 months", "12 months"],
      metrics: {spend: {events: ["commerce.order"], expression: "sum(value)", unit: "money"}}
    }),
    root,
    landing: join(root, "landing"),
    warehouse: join(root, "warehouse"),
    sources: [{...members, rule: members.id, id: "members", file: "sources/members.yaml"}],
    campaigns: [],
    destinations: Array.from({length: runs}, (_, i) => ({...folder, id: `folder-${i}`, file: `destinations/folder-${i}.yaml`})), // prettier-ignore
    models: [],
    audiences: [{id: audience, file: "audiences/everybody.yaml", text: ""}]
  } as unknown as Workspace;
}

async function fill(database: Database): Promise<void> {
  await createLedger(database);
  await database.run(`
    create table core.profiles as
    select hash(i)::ubigint as profile_id, timestamp '2023-01-01' as first_event_at, timestamp '2025-12-31' as last_event_at,
      'person.' || i || '@example.com' as email, 'Person ' || i as name, ['Basic', 'Silver', 'Gold'][1 + i % 3] as tier,
      ['DE', 'FR', 'GB', 'IT', 'ES'][1 + i % 5] as country, true as newsletter
    from range(${people}) as r(i) order by profile_id;
    create table core.identities as
    select profile_id as identity_id, 'member' as namespace, 'M' || row_number() over () as value, profile_id,
      true as is_primary, first_event_at as first_seen, last_event_at as last_seen
    from core.profiles;
    create table core.events as
    select (i * 5 + j)::uhugeint as event_id,
      ['commerce.order', 'web.view', 'email.sent', 'email.delivered', 'email.opened'][1 + j] as event_type,
      timestamp '2025-12-31 23:00:00' - to_seconds((hash(i * 5 + j) % 63072000)::bigint) as event_time, hash(i)::ubigint as profile_id,
      null::varchar as campaign_id, null::varchar as send_id, {bounce_type: null::varchar} as properties
    from range(${people}) as r(i) cross join range(5) as s(j) order by event_time;
    create table derived.deciles as
    select profile_id, 'spend' as metric, lookback, '*' as category, (1 + hash(profile_id + months) % 10)::integer as bucket,
      (hash(profile_id + months) % 100000 / 100)::decimal(18, 4) as value
    from core.profiles cross join (values ('3 months', 3), ('12 months', 12)) as lookbacks(lookback, months);
    create table derived.lifetime_value as
    select profile_id, (hash(profile_id) % 100000 / 100)::decimal(18, 4) as expected_value from core.profiles;
    create table derived.audience_now (audience_id varchar, profile_id ubigint, arm varchar, is_holdout boolean);
  `);
  await addAudience(database, audience, people);
}

async function addAudience(database: Database, id: string, members: number): Promise<void> {
  await database.run(`
    insert into records.audience_versions values ('${id}', 1, 'h', '{}', timestamp '2025-12-31', 'r');
    insert into records.audience_runs (audience_id, as_of, state, version, run_id, evaluated_at, profiles, entered, "left")
      values ('${id}', timestamp '2026-01-01', 'published', 1, 'r', timestamp '2026-01-01', ${members}, ${members}, 0);
    insert into records.audience_members
    select '${id}', profile_id, null, timestamp '2025-12-01', null, 'r', 'matched', null, null, 1
    from core.profiles order by profile_id limit ${members};
  `);
}
