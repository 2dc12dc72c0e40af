import {readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {assignmentsSql, rowStatesSql} from "../../../loaders/activate/ledger/tables.js";
import {remakeViews} from "../../../loaders/activate/ledger/view.js";
import {activationNodes} from "../../../loaders/activate/nodes.js";
import {settle} from "../../../loaders/activate/settle.js";
import {address, begin, hook, sending, there, told, useReceiver} from "./receiver.js";

useReceiver();

test("a ledger that an earlier version began is brought up to date, its deliveries in the order they were made", async () => {
  await begin({}, {campaigns: {spring: {}}});
  await sending.members([1, 2]);
  await sending.send("hook");
  await sending.clock.sleep(60_000);
  await sending.members([2]);
  await sending.send("hook");
  await sending.clock.sleep(60_000);
  await sending.send("folder", {campaign: "spring"});
  const told = async () => [
    await sending.database.rows(`from ${rowStatesSql} order by ordinal, place`),
    await sending.database.rows(`from ${assignmentsSql} order by profile_id`)
  ];
  const before = await told();
  expect(before.map((rows) => rows.length)).toEqual([4, 1]);
  await sending.database.run(`
    create table records.earlier (
      delivery_id varchar not null, place bigint not null, batch integer not null, action varchar not null,
      profile_id ubigint, key varchar, content_hash ubigint not null, send_id varchar not null, bucket integer, value double
    );
    insert into records.earlier
      select delivery_id, place, batch, action, profile_id, key, content_hash, send_id, bucket, value from ${rowStatesSql};
    drop table records.delivery_rows;
    alter table records.earlier rename to delivery_rows;
    create table records.earlier (
      send_id varchar not null, campaign_id varchar not null, arm varchar not null, is_holdout boolean not null,
      audience_id varchar not null, audience_version integer, profile_id ubigint not null, assigned_at timestamp not null,
      bucket integer, value double, delivery_id varchar not null
    );
    insert into records.earlier from ${assignmentsSql};
    drop table records.sends;
    alter table records.earlier rename to sends;
    alter table records.deliveries drop column sent_by;
    alter table records.deliveries drop column ordinal;
    alter table records.delivery_attempts drop column reason`);
  // The views as that version made them, beside one that it did not have.
  await sending.database.run(`
    create view activation.delivery_rows as select delivery_id, place, action, send_id from records.delivery_rows;
    create view activation.assignments as select send_id, campaign_id, arm, profile_id, delivery_id from records.sends`);
  await sending.reopen();
  expect(await sending.send("hook")).toMatchObject({status: "nothing", unchanged: 1});
  expect(await told()).toEqual(before);
  const rows = () => sending.database.rows("from activation.delivery_rows order by ordinal, place");
  await expect(rows()).rejects.toThrow("delivery_id");
  expect(await remakeViews(sending.database, activationNodes(sending.workspace))).toBe(true);
  expect(await rows()).toEqual(before[0]);
  expect(await sending.database.rows("from activation.assignments")).toEqual(before[1]);
  expect(await remakeViews(sending.database, activationNodes(sending.workspace))).toBe(false);
  await sending.members([1, 2]);
  expect((await sending.send("hook")).actions).toEqual({add: 1, update: 0, remove: 0});
  const ordinals = await sending.database.rows("select ordinal from records.deliveries order by began_at, ordinal");
  expect(ordinals).toEqual([{ordinal: 1}, {ordinal: 2}, {ordinal: 3}, {ordinal: 4}]);
});

describe("a destination that fails", () => {
  test("is left after three failures; the next run sends the rest, and nobody twice", async () => {
    await begin({batch: 2, concurrency: 1});
    hook.faults.push(undefined, undefined, {status: 503}, {status: 503}, {status: 503});
    const report = await sending.send("hook");
    expect(report).toMatchObject({status: "failed", results: {acknowledged: 4, unknown: 6, waiting: 15}});
    expect(report.error).toMatch(/503/);
    expect(await sending.send("hook")).toMatchObject({status: "done", actions: {add: 21}});
    expect([there.size, told.length]).toEqual([25, 25]);
  });

  test("for a day changes nothing in the end", async () => {
    await begin();
    for (let i = 0; i < 3; ++i) {
      hook.faults.push(...Array.from({length: 3}, () => ({status: 500})));
      expect((await sending.send("hook")).status).toBe("failed");
      hook.faults.splice(0);
    }
    await sending.members([1, 2, 3]);
    await sending.send("hook");
    expect([...there.keys()].sort()).toEqual([1, 2, 3].map(address));
  });

  test("by revoked credentials ends at once", async () => {
    await begin({batch: 5, concurrency: 1});
    hook.faults.push(undefined, {status: 401});
    expect(await sending.send("hook")).toMatchObject({status: "failed", results: {acknowledged: 5, unsent: 5, waiting: 15}}); // prettier-ignore
    expect(hook.seen.length).toBe(2);
    await sending.send("hook");
    expect([there.size, told.length]).toEqual([25, 25]);
  });

  test("and cannot be asked again keeps what is not known apart, until it is settled", async () => {
    await begin({batch: 5, concurrency: 1, idempotent: false});
    hook.faults.push(undefined, "reset");
    expect(await sending.send("hook")).toMatchObject({status: "partial", results: {acknowledged: 20, unknown: 5}});
    const again = await sending.send("hook");
    expect(again).toMatchObject({status: "nothing", exclusions: [{reason: "unknown", profiles: 5}]});
    const how = {audience: "rising", destination: "hook", now: new Date(sending.clock.now())};
    expect(await settle(sending.database, sending.workspace, {...how, as: "unsent"})).toBe(5);
    expect(await sending.send("hook")).toMatchObject({status: "done", actions: {add: 5}});
    expect([there.size, told.length]).toEqual([25, 25]);
    expect(await settle(sending.database, sending.workspace, {...how, as: "sent"})).toBe(0);
  });
});

describe("a workspace that has sent", () => {
  test("refuses to send without its ledger, or with another key", async () => {
    await begin();
    await sending.send("hook");
    await sending.database.run("delete from records.ledger");
    await expect(sending.send("hook")).rejects.toThrow("hook was sent to since 2026-03-02T09:00:00.000Z (destinations/hook.sent.json), but the record of it is not here"); // prettier-ignore
    sending.close();
    await begin();
    await sending.send("hook");
    writeFileSync(join(sending.workspace.warehouse, "key"), "another");
    await expect(sending.send("hook")).rejects.toThrow("under another key");
    expect(told.length).toBe(50);
  });

  test("holds no secret in its marker", async () => {
    await begin();
    await sending.send("hook");
    const marker = readFileSync(join(sending.workspace.root, "destinations/hook.sent.json"), "utf8");
    expect(marker).not.toContain(readFileSync(join(sending.workspace.warehouse, "key"), "utf8"));
  });
});

test("files that could not be put are put by the next run, the same ones under the same names", async () => {
  await begin();
  await sending.members([1, 2, 3]);
  const out = join(sending.workspace.root, "out");
  await sending.send("folder");
  await sending.members([2, 3, 4]);
  await sending.clock.sleep(60_000);
  // The folder cannot be entered: the files are made, and cannot be put.
  renameSync(out, `${out}-away`);
  symlinkSync("/dev/null", out);
  const failed = await sending.send("folder").catch((e: Error) => e);
  expect(failed).toMatchObject({status: "failed", results: {unsent: 2}});
  await sending.reopen();
  rmSync(out);
  renameSync(`${out}-away`, out);
  await sending.clock.sleep(3_600_000);
  await sending.members([3, 4, 5]);
  expect(await sending.send("folder")).toMatchObject({status: "done", actions: {add: 1, remove: 1}});
  const rows = readdirSync(out).filter((name) => name.endsWith(".csv")).sort().map((name) => [name, readFileSync(join(out, name), "utf8").trimEnd().split("\n").slice(1)]); // prettier-ignore
  expect(rows).toEqual([
    ["folder_rising_20260302_090000.csv", ["p1@example.com,2,add", "p2@example.com,3,add", "p3@example.com,4,add"]],
    ["folder_rising_20260302_090100.csv", ["p1@example.com,2,remove", "p4@example.com,5,add"]],
    ["folder_rising_20260302_100100.csv", ["p2@example.com,3,remove", "p5@example.com,6,add"]]
  ]);
  expect(readdirSync(join(sending.workspace.warehouse, "outbox"))).toEqual([]);
});
