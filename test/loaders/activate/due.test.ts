import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterEach, beforeEach, expect, test} from "vitest";
import {nextDeliveries} from "../../../loaders/activate/due.js";
import {runDue} from "../../../loaders/activate/runDue.js";
import {silent} from "../../../loaders/engine/progress.js";
import {sendingWarehouse, type Sending} from "./sending.js";

const day = 86_400_000;
let sending: Sending;
beforeEach(async () => {
  // A Monday, 9:00 UTC, 10:00 in Berlin.
  sending = await sendingWarehouse({
    destinations: {
      daily: {kind: "folder", path: "daily", deliveries: [{audience: "rising", schedule: "30 9 * * *", until: "2026-03-05"}]}, // prettier-ignore
      weekly: {kind: "folder", path: "weekly", quiet_days: ["2026-03-09"], deliveries: [{audience: "rising", schedule: "0 12 * * 1", catch_up: "skip"}]} // prettier-ignore
    },
    workspace: {time_zone: "Europe/Berlin"},
    people: 4
  });
});
afterEach(() => sending.close());

const run = () => runDue(sending.database, sending.workspace, {progress: silent, clock: sending.clock});
const at = async (time: string) => {
  await sending.clock.sleep(Date.parse(time) - sending.clock.now());
  return (await run()).map(({destination, status, scheduledFor}) => `${destination} ${status} ${scheduledFor.toISOString()}`); // prettier-ignore
};
const files = (folder: string) => {
  const path = join(sending.workspace.root, folder);
  return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".csv")) : [];
};

test("a delivery runs once for each time that has come, by the clocks of the workspace's zone, and not for times before it was seen", async () => {
  expect(await run()).toEqual([]);
  expect(await at("2026-03-02T10:59:00Z")).toEqual([]);
  expect(await at("2026-03-02T11:00:00Z")).toEqual(["weekly done 2026-03-02T11:00:00.000Z"]);
  expect(await at("2026-03-03T08:29:00Z")).toEqual([]);
  expect(await at("2026-03-03T08:30:30Z")).toEqual(["daily done 2026-03-03T08:30:00.000Z"]);
  expect(await at("2026-03-03T08:31:00Z")).toEqual([]);
});

test("its last day is included", async () => {
  await run();
  await at("2026-03-04T08:30:00Z");
  await sending.members([1]);
  expect(await at("2026-03-05T08:30:00Z")).toContain("daily done 2026-03-05T08:30:00.000Z");
  await sending.members([1, 2]);
  expect(await at("2026-03-06T08:30:00Z")).toEqual([]);
  expect(nextDeliveries(sending.workspace, new Date("2026-03-05T07:00:00Z")).map(({destination}) => destination)).toEqual(["daily", "weekly"]); // prettier-ignore
  expect(nextDeliveries(sending.workspace, new Date("2026-03-05T09:00:00Z")).map(({destination}) => destination)).toEqual(["weekly"]); // prettier-ignore
});

test("of several missed runs one is made up for, even after the last day; with catch_up: skip none", async () => {
  await run();
  expect(await at("2026-03-08T20:00:00Z")).toEqual(["daily done 2026-03-05T08:30:00.000Z"]);
  expect(files("daily").length).toBe(1);
  expect(files("weekly")).toEqual([]);
});

test("on a quiet day a delivery waits", async () => {
  await run();
  expect(await at("2026-03-02T11:10:00Z")).toEqual(["weekly done 2026-03-02T11:00:00.000Z"]);
  expect((await at("2026-03-09T11:10:00Z")).filter((one) => one.startsWith("weekly"))).toEqual([]);
  await sending.members([1]);
  expect(await at("2026-03-16T11:10:00Z")).toEqual(["weekly done 2026-03-16T11:00:00.000Z"]);
});

test("one that fails stops no other, and is tried again at the next refresh", async () => {
  await run();
  const blocked = join(sending.workspace.root, "daily");
  writeFileSync(blocked, "");
  const made = await at("2026-03-03T08:31:00Z");
  expect(made).toEqual(["daily failed 2026-03-03T08:30:00.000Z"]);
  rmSync(blocked);
  expect(await at("2026-03-03T08:45:00Z")).toEqual(["daily nothing 2026-03-03T08:30:00.000Z"]);
  expect(files("daily").length).toBe(1);
  expect(readFileSync(join(blocked, files("daily")[0]!), "utf8").split("\n").length).toBe(6);
  await sending.clock.sleep(day);
  expect((await run()).map(({status}) => status)).toEqual(["nothing"]);
});

test("why one failed stands beside it: our reason or the destination's code, and the words in full", async () => {
  await run();
  writeFileSync(join(sending.workspace.root, "daily"), "");
  await at("2026-03-03T08:30:00Z");
  await sending.database.run("delete from records.audience_runs");
  await at("2026-03-04T08:30:00Z");
  const attempts = await sending.database.rows("select status, reason, error from records.delivery_attempts order by scheduled_for"); // prettier-ignore
  expect(attempts).toEqual([
    {status: "failed", reason: "EEXIST", error: expect.stringContaining("EEXIST") as string},
    {status: "failed", reason: "no_members", error: "audience rising has no members on record: publish it, and refresh"}
  ]);
});

test.each([
  ["every day", "30 9 * * *"],
  ["every minute", "* * * * *"]
])(
  "one %s that goes on failing is tried again after 1, 3, 7 … minutes, and every hour in the end",
  async (_, schedule) => {
    sending.workspace.destinations[0]!.deliveries[0]!.schedule = schedule;
    await at("2026-03-03T08:29:30Z");
    writeFileSync(join(sending.workspace.root, "daily"), "");
    const tried: number[] = [];
    const began = Date.parse("2026-03-03T08:30:00Z");
    for (const minute of [...Array(65).keys(), 122, 123, 182, 183]) {
      if ((await at(new Date(began + minute * 60_000).toISOString())).length > 0) tried.push(minute);
    }
    expect(tried).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
  }
);
