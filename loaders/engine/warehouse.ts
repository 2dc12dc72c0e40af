import {randomBytes} from "node:crypto";
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs";
import {basename, dirname, join} from "node:path";
import {quoteText} from "../../lib/sql.js";
import type {Workspace} from "../workspace.js";
import {openDatabase, type Database} from "./database.js";

/** Where the state of a workspace lies. */
export function statePaths(workspace: Pick<Workspace, "warehouse">) {
  const path = (name: string) => join(workspace.warehouse, name);
  return {
    warehouse: path("tenfold.duckdb"),
    /** Records of what was done: never rebuilt. Attached as `records`. */
    records: path("records.duckdb"),
    /** The copy that readers open. */
    snapshot: path("snapshot.duckdb"),
    recordsSnapshot: path("records-snapshot.duckdb"),
    key: path("key"),
    lock: path("lock"),
    /** Who makes a round of `tenfold schedule`. */
    round: path("schedule.lock"),
    scratch: path("scratch"),
    published: path("published")
  };
}

/** A day's file goes to the log alone; the checkpoint follows beside publishing. */
const logLimit = "64MB";

/**
 * Opens the warehouse for writing, with the records attached and `runs.runs` in place. The caller holds the lock
 * (`withLock`).
 */
export async function openWarehouse(workspace: Workspace): Promise<Database> {
  const paths = statePaths(workspace);
  removeLeftovers(workspace);
  mkdirSync(paths.scratch, {recursive: true});
  const {engine} = workspace;
  const database = await openDatabase(paths.warehouse, {
    checkpoint_threshold: logLimit,
    temp_directory: engine.temp_directory ?? paths.scratch,
    ...(engine.memory_limit && {memory_limit: countedMemory(engine.memory_limit)}),
    ...(engine.threads && {threads: String(engine.threads)}),
    ...(engine.max_temp_directory_size && {max_temp_directory_size: engine.max_temp_directory_size})
  });
  await database.run(`
    set timezone = 'UTC';
    attach ${quoteText(paths.records)} as records;
    create table if not exists records.runs (
      run_id varchar, kind varchar, name varchar, status varchar, rows ubigint, seconds double, error varchar,
      as_of timestamp, inputs varchar[], started_at timestamp, finished_at timestamp
    );
    create schema if not exists landing;
    create schema if not exists core;
    create schema if not exists derived;
    create schema if not exists insights;
    create schema if not exists activation;
    create schema if not exists runs;
    create view if not exists runs.runs as from records.runs;
    create table if not exists runs.versions (
      name varchar primary key, version varchar not null, fingerprint varchar, as_of timestamp,
      rows ubigint, built_at timestamp, stale_since timestamp, stale_reason varchar
    );
  `);
  return database;
}

/** Removes what killed processes left: scratch files, and copies for readers in the making or given up. */
function removeLeftovers(workspace: Pick<Workspace, "warehouse">): void {
  const {scratch, warehouse, snapshot, recordsSnapshot} = statePaths(workspace);
  rmSync(scratch, {recursive: true, force: true});
  const folder = dirname(warehouse);
  const copies = [snapshot, recordsSnapshot].map((path) => basename(path));
  const left = (name: string) =>
    copies.some((copy) => name.startsWith(`${copy}.`) && /^(old|\d+\.tmp)$/.test(name.slice(copy.length + 1)));
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter(left)) rmSync(join(folder, name), {force: true});
}

/** Three quarters of a size such as "4 GB": the engine holds up to a third more than what its own limit counts. */
export function countedMemory(size: string): string {
  const [, amount, unit] = /^([\d.]+) ?(\w+)$/.exec(size)!;
  return `${0.75 * Number(amount)}${unit}`;
}

/** The workspace with a copy of its state, to try things on. The caller holds the lock, and removes the folder. */
export function copyWarehouse<T extends Pick<Workspace, "warehouse">>(workspace: T): T {
  const from = statePaths(workspace);
  const copy = {...workspace, warehouse: join(from.scratch, "copy")};
  const to = statePaths(copy);
  rmSync(copy.warehouse, {recursive: true, force: true});
  mkdirSync(copy.warehouse, {recursive: true});
  for (const name of ["warehouse", "records", "key"] as const) {
    for (const ending of ["", ".wal"]) {
      const file = from[name] + ending;
      if (existsSync(file)) copyFileSync(file, to[name] + ending, constants.COPYFILE_FICLONE);
    }
  }
  return copy;
}

/** The workspace's secret: TENFOLD_KEY, else a file beside the warehouse, made on first use. Never log it. */
export function workspaceKey(workspace: Pick<Workspace, "warehouse">): string {
  const given = process.env.TENFOLD_KEY;
  if (given) return given;
  const {key} = statePaths(workspace);
  if (!existsSync(key)) {
    mkdirSync(workspace.warehouse, {recursive: true});
    writeFileSync(key, randomBytes(32).toString("hex"), {mode: 0o600, flag: "wx"});
  }
  return readFileSync(key, "utf8").trim();
}
