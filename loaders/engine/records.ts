import type {Database, Parameter} from "./database.js";
import {tableVersions} from "./versions.js";

/** One row of `runs.runs`: a refresh, or what one of its steps made. */
export interface Run {
  run_id: string;
  /** `refresh`, `model`, `audience`, … */
  kind: string;
  name: string;
  status: string;
  rows: number | null;
  seconds: number;
  error?: string | null;
  as_of: Date | null;
  inputs?: string[];
  started_at: Date;
  finished_at: Date;
}

/**
 * Notes that a refresh begins. One that is found running was killed, or the machine stopped: the caller holds the lock.
 */
export async function beginRun(database: Database, run: Run): Promise<void> {
  await database.run(
    `update records.runs set status = 'killed', error = 'ended without a word: it was killed, or the machine stopped'
     where kind = $kind and status = 'running'`,
    {kind: run.kind}
  );
  await recordRuns(database, [{...run, status: "running"}]);
}

/**
 * Looks whether the records know the refresh that the warehouse remembers (`rememberRun`). Where they do not, they were
 * lost, or restored from before it: what was derived beside them has to be built again (`recordsEpoch`). Returns whether
 * that is so.
 */
export async function followRecords(database: Database, runId: string): Promise<boolean> {
  const remembered = (await tableVersions(database)).get(followed);
  const isLost =
    remembered !== undefined &&
    (await database.value("select 1 from records.runs where run_id = $remembered limit 1", {remembered})) === undefined;
  if (isLost) await keepVersion(database, epoch, runId);
  if (isLost || remembered === undefined) await rememberRun(database, runId);
  return isLost;
}

/**
 * Remembers in the warehouse the refresh that changed it last. One that changes nothing is not remembered: the warehouse
 * stays as it is, and need not be copied for readers.
 */
export async function rememberRun(database: Database, runId: string): Promise<void> {
  await keepVersion(database, followed, runId);
}

async function keepVersion(database: Database, name: string, version: string): Promise<void> {
  await database.run(
    `insert into runs.versions (name, version) values ($name, $version)
     on conflict (name) do update set version = excluded.version`,
    {name, version}
  );
}

/** Changes when records are lost: of the versions of all tables. */
export function recordsEpoch(versions: ReadonlyMap<string, string>): string | undefined {
  return versions.get(epoch);
}

const [followed, epoch] = ["records", "records since"];

/** Notes how it ended. */
export async function endRun(database: Database, run: Run): Promise<void> {
  await database.transaction(async () => {
    await database.run("delete from records.runs where run_id = $id and status = 'running'", {id: run.run_id});
    await recordRuns(database, [run]);
  });
}

/**
 * Adds runs to the records, such as follow each other within a tenth of a second together. A crash loses the records of
 * those that have ended since the last were written. `write` adds what is left. The caller is outside transactions on the
 * warehouse, as with `recordRuns`.
 */
export function runLog(database: Database): {add(run: Run): Promise<void>; write(): Promise<void>} {
  let [left, since]: [Run[], number] = [[], performance.now()];
  const write = async () => {
    const runs = left;
    [left, since] = [[], performance.now()];
    await recordRuns(database, runs);
  };
  return {
    async add(run) {
      left.push(run);
      if (performance.now() - since > 100) await write();
    },
    write
  };
}

/** Adds runs to the records. They live in a file of their own: call it outside transactions on the warehouse. */
export async function recordRuns(database: Database, runs: Run[]): Promise<void> {
  if (runs.length === 0) return;
  const values: Parameter[] = [];
  const bind = (value: Parameter) => `$${values.push(value)}`;
  const rows = runs.map(
    (r) =>
      `(${[r.run_id, r.kind, r.name, r.status, r.rows, r.seconds, r.error ?? null].map(bind).join(", ")}, ` +
      `${bind(r.as_of)}::timestamp, [${(r.inputs ?? []).map(bind).join(", ")}]::varchar[], ` +
      `${bind(r.started_at)}, ${bind(r.finished_at)})`
  );
  await database.run(`insert into records.runs values ${rows.join(", ")}`, values);
}
