import {spawnSync} from "node:child_process";
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {hostname, tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, expect, test} from "vitest";
import {LockedError, lockHolder, withLock, type Holder} from "../../../loaders/engine/lock.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenfold-lock-"));
  path = join(folder, "state", "lock");
});
afterEach(() => rmSync(folder, {recursive: true}));

const since = "2026-01-01T00:00:00Z";
const held = (holder: Partial<Holder>) =>
  writeFileSync(path, JSON.stringify({pid: process.pid, host: hostname(), command: "tenfold build", since, ...holder}));

test("withLock(path) holds the lock while it works, and leaves nothing behind", async () => {
  const result = await withLock(path, {command: "tenfold refresh"}, async () => {
    expect(lockHolder(path)).toMatchObject({pid: process.pid, command: "tenfold refresh"});
    return 42;
  });
  expect(result).toBe(42);
  expect(readdirSync(join(folder, "state"))).toEqual([]);
});

test("withLock(path) lets go when the work fails", async () => {
  await expect(withLock(path, {}, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(path)).toBe(false);
});

test("withLock(path) names the holder when it has waited in vain", async () => {
  await withLock(path, {}, async () => {
    held({});
    const waiting: string[] = [];
    const second = withLock(path, {wait: 0}, async () => {});
    await expect(second).rejects.toThrow(LockedError);
    await expect(second).rejects.toThrow(
      `${path} is held by \`tenfold build\` (process ${process.pid}, since ${since}): waited 0 s; try again when it has ended`
    );
    await withLock(path, {wait: 1, waiting: (holder) => waiting.push(holder.command)}, async () => {}).catch(() => {});
    expect(waiting).toEqual(["tenfold build"]);
  });
});

test("withLock(path) waits for a holder that ends in time, in turn", async () => {
  const order: string[] = [];
  let release = () => {};
  const first = withLock(path, {}, () => new Promise<void>((resolve) => (release = resolve)).then(() => void order.push("first"))); // prettier-ignore
  const second = withLock(path, {waiting: () => release()}, async () => void order.push("second"));
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "second"]);
});

test("the lock of a dead process is taken over", async () => {
  const {pid} = spawnSync(process.execPath, ["-e", ""]);
  await withLock(path, {}, async () => {});
  held({pid});
  expect(lockHolder(path)).toBeUndefined();
  await withLock(path, {wait: 0}, async () => expect(JSON.parse(readFileSync(path, "utf8")).pid).toBe(process.pid));
});

test.runIf(existsSync("/proc/self/stat"))(
  "a later process with the dead one's number is not taken for it",
  async () => {
    await withLock(path, {}, async () => {});
    held({started: "1"});
    expect(lockHolder(path)).toBeUndefined();
    await withLock(path, {wait: 0}, async () => {});
  }
);

test("a holder on another machine is believed to be alive", async () => {
  await withLock(path, {}, async () => {});
  held({host: "elsewhere", pid: 1});
  await expect(withLock(path, {wait: 0}, async () => {})).rejects.toThrow("(process 1 on elsewhere, since");
});
