import {existsSync, linkSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, expect, test, vi} from "vitest";
import {workspaceDefinition} from "../../../lib/definitions/workspace.js";
import {recordRuns} from "../../../loaders/engine/records.js";
import {copyRecords, openSnapshot, snapshotOf} from "../../../loaders/engine/snapshot.js";
import {openWarehouse, statePaths} from "../../../loaders/engine/warehouse.js";
import type {Workspace} from "../../../loaders/workspace.js";
import {unplaced} from "../../warehouse.js";

let workspace: Workspace;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "tenfold-snapshot-"));
  const definition = workspaceDefinition.parse({
    name: "Test",
    metrics: {n: {events: ["web.view"], expression: "count(*)"}}
  });
  workspace = {...definition, mistake: unplaced("workspace.yaml"), root, landing: join(root, "landing"), warehouse: join(root, "warehouse"), sources: [], campaigns: [], destinations: [], models: [], warnings: [], audiences: []}; // prettier-ignore
});
afterEach(() => rmSync(workspace.root, {recursive: true}));

const run = (name: string) => ({
  run_id: "1",
  kind: "refresh",
  name,
  status: "ok",
  rows: 3,
  seconds: 1.5,
  as_of: new Date("2026-01-01T00:00:00Z"),
  inputs: ["a.csv"],
  started_at: new Date("2026-01-02T00:00:00Z"),
  finished_at: new Date("2026-01-02T00:00:01Z")
});

test("before the first refresh there is no snapshot", async () => {
  expect(await openSnapshot(workspace)).toBeUndefined();
});

test("readers see what the last snapshot held, while the warehouse is written to", async () => {
  const database = await openWarehouse(workspace);
  await database.run("create table core.n as select 1 as n");
  await recordRuns(database, [run("first"), {...run("second"), error: "it's broken", inputs: []}]);
  expect(await snapshotOf(database, workspace).take()).toBe(true);
  await database.run("insert into core.n values (2)");
  await recordRuns(database, [run("third")]);

  const reader = (await openSnapshot(workspace))!;
  expect(await reader.rows("from core.n")).toEqual([{n: 1}]);
  expect(await reader.rows("select name, rows, error, as_of, inputs from runs.runs order by name")).toEqual([
    {name: "first", rows: 3, error: null, as_of: new Date("2026-01-01T00:00:00Z"), inputs: ["a.csv"]},
    {name: "second", rows: 3, error: "it's broken", as_of: new Date("2026-01-01T00:00:00Z"), inputs: []}
  ]);
  await expect(reader.run("insert into core.n values (3)")).rejects.toThrow("read-only");

  expect(await snapshotOf(database, workspace).take()).toBe(true);
  const next = (await openSnapshot(workspace))!;
  expect(await next.value("select count(*) from core.n")).toBe(2);
  expect(await reader.value("select count(*) from core.n")).toBe(1);
  for (const one of [reader, next, database]) one.close();
});

test("a warehouse that has not changed is not copied again", async () => {
  const first = await openWarehouse(workspace);
  await first.run("create table core.n as select 1 as n");
  await snapshotOf(first, workspace).take();
  first.close();
  const paths = statePaths(workspace);
  const {ino} = statSync(paths.snapshot);
  const second = await openWarehouse(workspace);
  expect(await snapshotOf(second, workspace).take()).toBe(false);
  second.close();
  expect(statSync(paths.snapshot).ino).toBe(ino);
  expect(readdirSync(workspace.warehouse).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a copy that was begun ahead is thrown away where the warehouse has been written to since", async () => {
  const database = await openWarehouse(workspace);
  await database.run("create table core.n as select 1 as n");
  const snapshot = snapshotOf(database, workspace);
  snapshot.begin();
  await database.run("insert into core.n values (2)");
  expect(await snapshot.take()).toBe(true);
  const reader = (await openSnapshot(workspace))!;
  expect(await reader.value("select count(*) from core.n")).toBe(2);
  for (const one of [reader, database]) one.close();
  expect(readdirSync(workspace.warehouse).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("the copy before is given up, even where a crash had left it behind", async () => {
  const database = await openWarehouse(workspace);
  const {snapshot} = statePaths(workspace);
  for (const n of [1, 2, 3]) {
    await database.run(`create or replace table core.n as select ${n} as n`);
    if (n === 3) linkSync(snapshot, `${snapshot}.old`);
    expect(await snapshotOf(database, workspace).take()).toBe(true);
    await vi.waitFor(() => expect(existsSync(`${snapshot}.old`)).toBe(false));
  }
  const reader = (await openSnapshot(workspace))!;
  expect(await reader.value("select n from core.n")).toBe(3);
  for (const one of [reader, database]) one.close();
});

test("what killed processes left is gone once the next one has opened the warehouse", async () => {
  const first = await openWarehouse(workspace);
  await first.run("create table core.n as select 1 as n");
  await snapshotOf(first, workspace).take();
  first.close();
  const paths = statePaths(workspace);
  const kept = readdirSync(workspace.warehouse).sort();
  for (const path of [paths.snapshot, paths.recordsSnapshot]) {
    for (const ending of ["old", "4711.tmp", "4712.tmp"]) writeFileSync(`${path}.${ending}`, "left");
  }
  writeFileSync(join(paths.scratch, "landed-4711.txt"), "left");
  const second = await openWarehouse(workspace);
  expect(
    readdirSync(workspace.warehouse)
      .filter((name) => !name.endsWith(".wal"))
      .sort()
  ).toEqual(kept);
  expect(readdirSync(paths.scratch)).toEqual([]);
  expect(await snapshotOf(second, workspace).take()).toBe(false);
  second.close();
});

test("what is recorded after a copy was begun is copied, too", async () => {
  const database = await openWarehouse(workspace);
  await database.run("create table core.n as select 1 as n");
  const snapshot = snapshotOf(database, workspace);
  snapshot.begin();
  await recordRuns(database, [run("later")]);
  expect(await snapshot.take()).toBe(true);
  const reader = (await openSnapshot(workspace))!;
  expect(await reader.rows("select name from runs.runs")).toEqual([{name: "later"}]);
  expect(await reader.value("select n from core.n")).toBe(1);
  for (const one of [reader, database]) one.close();
});

test("the records alone are copied where nothing else is new", async () => {
  const database = await openWarehouse(workspace);
  await database.run("create table core.n as select 1 as n");
  await snapshotOf(database, workspace).take();
  const {mtimeMs} = statSync(statePaths(workspace).snapshot);
  await database.run("insert into core.n values (2)");
  await recordRuns(database, [run("delivery")]);
  await copyRecords(database, workspace);
  const reader = (await openSnapshot(workspace))!;
  expect(await reader.rows("select name from runs.runs")).toEqual([{name: "delivery"}]);
  expect(await reader.value("select count(*) from core.n")).toBe(1);
  expect(statSync(statePaths(workspace).snapshot).mtimeMs).toBe(mtimeMs);
  for (const one of [reader, database]) one.close();
});
