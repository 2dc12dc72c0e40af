import {constants, existsSync, statSync, type Stats} from "node:fs";
import {copyFile, link, rename, rm, utimes} from "node:fs/promises";
import {quoteText} from "../../lib/sql.js";
import type {Workspace} from "../workspace.js";
import {openDatabase, type Database} from "./database.js";
import {statePaths} from "./warehouse.js";

/** A copy of the warehouse and the records for readers, in the making. */
export interface Snapshot {
  /** Starts to copy the warehouse as it is now; the caller may go on reading meanwhile, or even write. */
  begin(): void;
  /** Puts the copies in place, where something has changed since the last ones. Returns whether the warehouse had. */
  take(): Promise<boolean>;
}

/** The caller holds the lock, and runs nothing else while `take` is under way. */
export function snapshotOf(database: Database, workspace: Pick<Workspace, "warehouse">): Snapshot {
  const paths = statePaths(workspace);
  let begun: Promise<Copy | undefined> | undefined;
  return {
    begin() {
      // What has hindered it, such as a write meanwhile, is over when `take` begins anew; or stops that, too.
      begun ??= checkpointAside(database)
        .then(() => startCopy(paths.warehouse, paths.snapshot))
        .catch(() => undefined);
    },
    async take() {
      const ahead = await begun;
      begun = undefined;
      await database.run("checkpoint; checkpoint records");
      const copies = [
        startCopy(paths.records, paths.recordsSnapshot),
        ahead ?? startCopy(paths.warehouse, paths.snapshot)
      ];
      const [, warehouse] = await Promise.all(copies.map((copy) => copy.finish()));
      return warehouse!;
    }
  };
}

/** Writes what is new to the file while other connections read. */
async function checkpointAside(database: Database): Promise<void> {
  const aside = await database.connect();
  try {
    await aside.run("checkpoint");
  } finally {
    aside.close();
  }
}

/** Leaves a copy of the records alone, where nothing else has changed that readers see. The caller holds the lock. */
export async function copyRecords(database: Database, workspace: Pick<Workspace, "warehouse">): Promise<void> {
  const paths = statePaths(workspace);
  await database.run("checkpoint records");
  await startCopy(paths.records, paths.recordsSnapshot).finish();
}

/** Opens the snapshot that the last refresh left, read-only; undefined before the first refresh. */
export async function openSnapshot(workspace: Pick<Workspace, "warehouse">): Promise<Database | undefined> {
  const paths = statePaths(workspace);
  if (!existsSync(paths.snapshot)) return undefined;
  const database = await openDatabase(paths.snapshot, {access_mode: "READ_ONLY"});
  await database.run(`set timezone = 'UTC'; attach ${quoteText(paths.recordsSnapshot)} as records (read_only)`);
  return database;
}

interface Copy {
  finish(): Promise<boolean>;
}

/**
 * Begins to copy a file beside another, which `finish` replaces; begins anew where the file was written to meanwhile. A
 * checkpoint without changes does not touch a file: equal size and time mean equal contents.
 */
function startCopy(from: string, to: string): Copy {
  const scratch = `${to}.${process.pid}.tmp`;
  const now = statSync(from);
  const copied = isSame(now, to)
    ? undefined
    : copyFile(from, scratch, constants.COPYFILE_FICLONE).then(
        () => undefined,
        (error: Error) => error
      );
  return {
    async finish() {
      const error = await copied;
      try {
        if (!isSame(now, from)) return await startCopy(from, to).finish();
        if (error) throw error;
        if (!copied) return false;
        await utimes(scratch, now.atime, now.mtime);
        await replace(scratch, to);
        return true;
      } finally {
        await rm(scratch, {force: true});
      }
    }
  };
}

/** Puts a file in another's place, and waits for no more: half a gigabyte takes a sixth of a second to be given up. */
async function replace(file: string, other: string): Promise<void> {
  const old = `${other}.old`;
  // Where there is no other file, or no links, there is nothing to put off.
  await link(other, old).catch(() => {});
  await rename(file, other);
  void rm(old, {force: true}).catch(() => {});
}

function isSame({size, mtimeMs}: Stats, path: string): boolean {
  const other = statSync(path, {throwIfNoEntry: false});
  return other !== undefined && other.size === size && Math.abs(other.mtimeMs - mtimeMs) < 1;
}
