import {cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openSnapshot} from "../../loaders/engine/snapshot.js";
import {refresh} from "../../loaders/refresh.js";
import {readWorkspace} from "../../loaders/workspace.js";
import {interrupted, tenfold, writeOrders} from "./commands/tenfold.js";

let folder: string;
let expected: unknown;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenfold-crash-"));
  expect(tenfold("init", join(folder, "begun")).code).toBe(0);
  writeOrders(join(folder, "begun", "landing", "orders.csv"));
  const whole = copy("begun", "whole");
  expect(await refreshed(whole)).toBe(true);
  expected = await contents(whole);
  expect(expected).toMatchObject({events: 50, value: 1250});
});
afterAll(() => rmSync(folder, {recursive: true}));

test.each(["taking in", "derived.decile_history", "publish"])(
  "a refresh killed at `%s` is made good by the next",
  async (at) => {
    const root = copy("begun", at.replace(/\W/g, "-"));
    const killed = await interrupted("SIGKILL", at, "refresh", "--data", root);
    expect(killed).toMatchObject({code: null, signal: "SIGKILL"});
    expect(existsSync(join(root, "warehouse", "lock"))).toBe(true);
    expect(await openSnapshot(readWorkspace({data: root}))).toBeUndefined();
    expect(await refreshed(root)).toBe(true);
    expect(await contents(root)).toEqual(expected);
    const {runs} = JSON.parse(tenfold("status", "--data", root, "--json").stdout);
    expect(runs.map(({status}: {status: string}) => status)).toEqual(["ok", "killed"]);
  }
);

test("a later refresh that is killed leaves readers what they had", async () => {
  const root = copy("whole", "later");
  writeFileSync(join(root, "landing", "orders-2.csv"), "order_id,customer_id,ordered_at,amount\n99,c1,2024-01-05,5\n");
  await interrupted("SIGKILL", "derived.deciles", "refresh", "--data", root);
  expect(await contents(root)).toEqual(expected);
  expect(await refreshed(root)).toBe(true);
  expect(await contents(root)).toMatchObject({events: 51, value: 1255});
});

test("Ctrl-C ends a refresh at once and leaves no lock", async () => {
  const root = copy("begun", "interrupted");
  const stopped = await interrupted("SIGINT", "taking in", "refresh", "--data", root);
  expect(stopped).toMatchObject({signal: "SIGINT", stdout: ""});
  expect(existsSync(join(root, "warehouse", "lock"))).toBe(false);
  expect(await refreshed(root)).toBe(true);
  expect(await contents(root)).toEqual(expected);
});

test("a model whose test fails ends with 3, names the rows, and leaves the last good table in place", async () => {
  const root = copy("whole", "models");
  const model = (condition: string) => `/* ---
name: derived.big_orders
description: Orders above twenty.
grain: one row per order
columns: {value: Amount}
tests: [{expression: ${condition}}]
--- */
select value from core.events where value > 20
`;
  writeModel(root, model("value > 20"));
  expect(await refreshed(root)).toBe(true);
  writeModel(root, model("value < 49"));
  const failed = tenfold("refresh", "--data", root);
  expect(failed.code).toBe(3);
  expect(failed.stdout).toContain("derived.big_orders failed");
  expect(failed.stdout).toContain('{"value":49.5}');
  expect(await query(root, "select count(*) as n from derived.big_orders")).toEqual({n: 30});
  const status = JSON.parse(tenfold("status", "--data", root, "--json").stdout);
  expect(status.tables.filter((table: {stale_since: string | null}) => table.stale_since)).toMatchObject([
    {name: "derived.big_orders"}
  ]);
});

function copy(from: string, to: string): string {
  cpSync(join(folder, from), join(folder, to), {recursive: true});
  return join(folder, to);
}

async function refreshed(root: string): Promise<boolean> {
  return (await refresh(readWorkspace({data: root}))).ok;
}

function writeModel(root: string, text: string) {
  mkdirSync(join(root, "models"), {recursive: true});
  writeFileSync(join(root, "models", "big_orders.sql"), text);
}

function contents(root: string) {
  return query(
    root,
    `select (select count(*) from core.events) as events, (select sum(value) from core.events) as value,
       (select count(*) from derived.deciles) as deciles, (select sum(bucket) from derived.deciles) as buckets,
       (select count(*) from derived.decile_history) as history`
  );
}

async function query(root: string, sql: string) {
  const database = (await openSnapshot(readWorkspace({data: root})))!;
  try {
    return await database.row(sql);
  } finally {
    database.close();
  }
}
