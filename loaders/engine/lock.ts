import {linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {hostname} from "node:os";
import {dirname} from "node:path";
import {setTimeout as delay} from "node:timers/promises";

/** Who holds a lock. */
export interface Holder {
  pid: number;
  host: string;
  command: string;
  since: string;
  /** When the process began, where the system says (Linux): tells a holder from a later process with its number. */
  started?: string;
}

/** Somebody else holds the lock, and kept it for as long as we waited. */
export class LockedError extends Error {
  constructor(
    readonly holder: Holder,
    path: string,
    waited: number
  ) {
    super(
      `${path} is held by \`${holder.command}\` (process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`}` +
        `, since ${holder.since}): waited ${Math.round(waited / 1000)} s; try again when it has ended`
    );
    this.name = "LockedError";
  }
}

export interface LockOptions {
  /** What holds it, for others' messages. */
  command?: string;
  /** How long to wait for another holder, in milliseconds. */
  wait?: number;
  /** Called once, when there is somebody to wait for. */
  waiting?: (holder: Holder) => void;
}

const held = new Set<string>();
process.on("exit", () => held.forEach((path) => rmSync(path, {force: true})));

/** Runs `work` while holding the lock file; a lock whose process is dead is taken over. Throws LockedError. */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const {wait = 10_000, waiting} = options;
  const start = performance.now();
  mkdirSync(dirname(path), {recursive: true});
  for (let told = false; ;) {
    const holder = take(path, options.command ?? commandLine());
    if (!holder) break;
    const waited = performance.now() - start;
    if (waited >= wait) throw new LockedError(holder, path, waited);
    if (!told) waiting?.(holder);
    told = true;
    await delay(Math.min(100, wait - waited));
  }
  held.add(path);
  try {
    return await work();
  } finally {
    held.delete(path);
    rmSync(path, {force: true});
  }
}

/** Who holds the lock now, if anybody alive does. */
export function lockHolder(path: string): Holder | undefined {
  const holder = read(path);
  return holder && isAlive(holder) ? holder : undefined;
}

/** Releases every lock that this process holds: for an interrupt that ends it without unwinding. */
export function releaseLocks(): void {
  held.forEach((path) => rmSync(path, {force: true}));
  held.clear();
}

// A link fails where the name exists and brings its contents with it: no half-written lock is ever seen.
function take(path: string, command: string): Holder | undefined {
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    command,
    since: new Date().toISOString().slice(0, 19) + "Z",
    started: startOf(process.pid)
  };
  const scratch = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(scratch, JSON.stringify(own));
  try {
    linkSync(scratch, path);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(scratch, {force: true});
  }
  const holder = read(path);
  if (!holder) return own;
  if (isAlive(holder)) return holder;
  takeOver(path, holder, scratch);
  return take(path, command);
}

// Only one of several that find a dead holder moves its file away; another may by then have moved in, and is put back.
function takeOver(path: string, dead: Holder, scratch: string): void {
  try {
    renameSync(path, scratch);
  } catch {
    return;
  }
  const moved = read(scratch);
  if (moved && (moved.pid !== dead.pid || moved.since !== dead.since)) {
    try {
      linkSync(scratch, path);
    } catch {}
  }
  rmSync(scratch, {force: true});
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = startOf(holder.pid);
  return holder.started === undefined || started === undefined || started === holder.started;
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function commandLine(): string {
  return ["tenfold", ...process.argv.slice(2)].join(" ").slice(0, 200);
}
