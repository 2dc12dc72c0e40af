import {constants, copyFileSync, existsSync, renameSync, rmSync, statSync, utimesSync} from "node:fs";
import {quoteText} from "../../lib/sql.js";
import type {Workspace} from "../workspace.js";
import {openDatabase, type Database} from "./database.js";
import {statePaths} from "./warehouse.js";

/**
 * Leaves a copy of the warehouse and the records for readers, where they have changed since the last one. The caller
 * holds the lock and runs nothing else meanwhile. Returns whether the warehouse was copied.
 */
export async function takeSnapshot(database: Database, workspace: Pick<Workspace, "warehouse">): Promise<boolean> {
  const paths = statePaths(workspace);
  await database.run("checkpoint; checkpoint records");
  copyIfChanged(paths.records, paths.recordsSnapshot);
  return copyIfChanged(paths.warehouse, paths.snapshot);
}

/** Opens the snapshot that the last refresh left, read-only; undefined before the first refresh. */
export async function openSnapshot(workspace: Pick<Workspace, "warehouse">): Promise<Database | undefined> {
  const paths = statePaths(workspace);
  if (!existsSync(paths.snapshot)) return undefined;
  const database = await openDatabase(paths.snapshot, {access_mode: "READ_ONLY"});
  await database.run(`set timezone = 'UTC'; attach ${quoteText(paths.recordsSnapshot)} as records (read_only)`);
  return database;
}

// A checkpoint without changes does not touch the file: equal size and time mean equal contents.
function copyIfChanged(from: string, to: string): boolean {
  const now = statSync(from);
  const then = statSync(to, {throwIfNoEntry: false});
  if (then && then.size === now.size && Math.abs(then.mtimeMs - now.mtimeMs) < 1) return false;
  const scratch = `${to}.${process.pid}.tmp`;
  try {
    copyFileSync(from, scratch, constants.COPYFILE_FICLONE);
    utimesSync(scratch, now.atime, now.mtime);
    renameSync(scratch, to);
  } finally {
    rmSync(scratch, {force: true});
  }
  return true;
}
