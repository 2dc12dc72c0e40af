import {readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {assignmentsSql, rowStatesSql} from "../../../loaders/activate/ledger/tables.js";
import {remakeViews} from "../../../loaders/activate/ledger/view.js";
import {activationNodes} from "../../../loaders/activate/nodes.js";
import {settle} from "../../../loaders/activate/settle.js";
import {standIn, type StandIn} from "./fixture.js";
import {sendingWarehouse, type Sending, type SendingOptions} from "./sending.js";

interface Post {
  rows: {action: string; send_id: string; fields: Record<string, unknown>}[];
}

/** A receiver that keeps what it is told, and drops a webhook-id that it has seen. */
let hook: StandIn;
let there: Map<string, Record<string, unknown>>;
let told: string[];
let sending: Sending;
beforeEach(async () => {
  there = new Map();
  told = [];
  const seen = new Set<string>();
  hook = await standIn(({headers, body}) => {
    if (seen.has(String(headers["webhook-id"]))) return {status: 200};
    seen.add(String(headers["webhook-id"]));
    for (const {action, fields} of (body as Post).rows) {
      const address = String(fields.email);
      told.push(`${action} ${address}`);
      if (action === "remove") there.delete(address);
      else there.set(address, fields);
    }
    return {status: 200};
  });
});
afterEach(async () => {
  sending.close();
  await hook.close();
});

async function begin(webhook: object = {}, more: Partial<SendingOptions> = {}): Promise<Sending> {
  const common = {kind: "webhook", url: hook.url, secret_env: "SECRET", batch: 10, retries: 0, timeout_seconds: 2};
  sending = await sendingWarehouse({
    destinations: {
      hook: {...common, ...webhook},
      folder: {kind: "folder", path: "out", fields: {email: "email", decile: "deciles.spend_12_months"}}
    },
    people: 25,
    env: {SECRET: "whsec_c2VjcmV0"},
    ...more
  });
  return sending;
}
const address = (id: number) => `p${id}@example.com`;

test("a first run adds everybody, a second one sends nothing", async () => {
  await begin();
  expect(await sending.send("hook")).toMatchObject({
    status: "done",
    members: 25,
    actions: {add: 25, update: 0, remove: 0},
    results: {acknowledged: 25}
  });
  expect([there.size, told.length]).toEqual([25, 25]);
  expect(await sending.send("hook")).toMatchObject({status: "nothing", unchanged: 25});
  expect(told.length).toBe(25);
  expect((await sending.ledger()).length).toBe(25);
});

test("who left is removed and who came is added; what others wrote there is left alone", async () => {
  await begin();
  await sending.members([1, 2, 3]);
  await sending.send("hook");
  there.set("somebody@else.example", {});
  await sending.members([2, 3, 4]);
  expect((await sending.send("hook")).actions).toEqual({add: 1, update: 0, remove: 1});
  expect([...there.keys()].sort()).toEqual([address(2), address(3), address(4), "somebody@else.example"]);
  await sending.members([]);
  expect((await sending.send("hook")).actions).toEqual({add: 0, update: 0, remove: 3});
  expect([...there.keys()]).toEqual(["somebody@else.example"]);
  expect(await sending.send("hook")).toMatchObject({status: "nothing", members: 0});
  await sending.members([1]);
  expect((await sending.send("hook")).actions).toEqual({add: 1, update: 0, remove: 0});
});

test("a changed field is an update only where that is asked for; a changed address moves the person", async () => {
  await begin({updates: true});
  await sending.members([1, 2, 3]);
  await sending.send("hook");
  await sending.database.run("update core.profiles set name = 'New' where profile_id = 2");
  await sending.database.run("update core.profiles set email = 'Moved@Example.com ' where profile_id = 3");
  expect((await sending.send("hook")).actions).toEqual({add: 1, update: 1, remove: 1});
  expect(told.slice(3)).toEqual(["remove p3@example.com", "update p2@example.com", "add moved@example.com"]);
  expect(there.get(address(2))).toMatchObject({name: "New"});
  sending.close();
  await begin();
  await sending.members([1]);
  await sending.send("hook");
  await sending.database.run("update core.profiles set name = 'New' where profile_id = 1");
  expect(await sending.send("hook")).toMatchObject({status: "nothing"});
});

test("a field that names the sending is new each time, and no change of anybody", async () => {
  await begin({updates: true, fields: {email: "email", name: "name", ref: "'m-' || send_id"}});
  await sending.members([1, 2]);
  await sending.send("hook");
  expect(there.get(address(1))!.ref).toMatch(/^m-[0-9a-f]{32}$/);
  expect(await sending.send("hook")).toMatchObject({status: "nothing", unchanged: 2});
  await sending.database.run("update core.profiles set name = 'New' where profile_id = 2");
  expect((await sending.send("hook")).actions).toEqual({add: 0, update: 1, remove: 0});
});

test("full mode tells everything each time, and still removes", async () => {
  await begin({mode: "full"});
  await sending.members([1, 2]);
  await sending.send("hook");
  await sending.members([2, 3]);
  expect((await sending.send("hook")).actions).toEqual({add: 1, update: 1, remove: 1});
});

test("a person who was erased is removed by what they were called", async () => {
  await begin();
  await sending.members([1, 2]);
  await sending.send("hook");
  await sending.database.run("delete from core.profiles where profile_id = 1");
  const report = await sending.send("hook");
  expect(report.actions).toEqual({add: 0, update: 0, remove: 1});
  expect(report.exclusions).toEqual([{reason: "profile_gone", profiles: 1}]);
  expect([...there.keys()]).toEqual([address(2)]);
});

test("each exclusion is counted with its first reason", async () => {
  await begin({
    consent: "newsletter",
    fields: {email: {from: "email", required: true}, name: {from: "name", required: true}, tier: "tier"}
  });
  await sending.members([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await sending.database.run(`
    update core.profiles set newsletter = false where profile_id = 1;
    update core.profiles set newsletter = null where profile_id = 2;
    update core.profiles set email = '' where profile_id = 3;
    update core.profiles set name = null where profile_id = 4;
    update core.profiles set email = 'P9@Example.com' where profile_id = 5;
    insert into core.events (event_id, event_type, event_time, profile_id, properties) values
      (1, 'email.unsubscribed', '2026-01-01', 6, null), (2, 'email.complained', '2026-01-01', 7, null),
      (3, 'email.unsubscribed', '2026-01-02', 7, null),
      (4, 'email.bounced', '2026-01-01', 8, {'bounce_type': 'hard'}), (5, 'email.bounced', '2026-01-01', 9, {'bounce_type': 'soft'}),
      (6, 'email.unsubscribed', '2026-01-02', 1, null);
  `);
  const report = await sending.send("hook");
  expect(Object.fromEntries(report.exclusions.map(({reason, profiles}) => [reason, profiles]))).toEqual({
    no_consent: 2,
    missing_email: 1,
    missing_name: 1,
    duplicate: 1,
    unsubscribed: 1,
    complained: 1,
    bounced: 1
  });
  expect(report.actions.add).toBe(1);
  expect([...there.keys()]).toEqual([address(9)]);
});

test("an address that delivers again is alive", async () => {
  await begin();
  await sending.members([1]);
  await sending.database.run(`
    insert into core.events (event_id, event_type, event_time, profile_id) values
      (1, 'email.bounced', '2026-01-01', 1), (2, 'email.delivered', '2026-01-02', 1)`);
  expect((await sending.send("hook")).actions.add).toBe(1);
});

test("of several with one key, the definition's rule decides, else who came last, else the smaller id", async () => {
  await begin({fields: {email: "'shared@example.com'", name: "name"}, keep: "value.expected_value"});
  await sending.members([3, 5, 4]);
  await sending.send("hook");
  expect([...there.values()]).toEqual([{email: "shared@example.com", name: "Person 5"}]);
});

test("who is told to be gone, for whatever reason, is removed", async () => {
  await begin({consent: "newsletter"});
  await sending.members([1, 2]);
  await sending.send("hook");
  await sending.database.run("update core.profiles set newsletter = false where profile_id = 2");
  expect((await sending.send("hook")).actions.remove).toBe(1);
  expect([...there.keys()]).toEqual([address(1)]);
});

test("a row that the destination refuses is kept as refused, and not sent again until it changes or is asked for", async () => {
  await begin();
  await sending.members([1, 2, 3]);
  hook.faults.push({status: 200, body: {refused: [{row: 1, code: "bad", message: "no such domain"}]}});
  expect(await sending.send("hook")).toMatchObject({results: {acknowledged: 2, refused: 1}, status: "done"});
  expect(await sending.send("hook")).toMatchObject({
    status: "nothing",
    exclusions: [{reason: "refused_before", profiles: 1}]
  });
  expect((await sending.send("hook", {retry: true})).actions.add).toBe(1);
});

test("a dry run says what would happen, masked, and leaves nothing behind", async () => {
  await begin();
  const report = await sending.send("hook", {dryRun: true});
  expect(report).toMatchObject({status: "planned", actions: {add: 25}});
  expect(report.rows!.length).toBe(20);
  expect(report.rows![0]).toMatchObject({action: "add", fields: {email: "p…@e…", name: "P…"}});
  expect([hook.seen.length, (await sending.ledger()).length]).toEqual([0, 0]);
  expect(readdirSync(join(sending.workspace.root, "destinations"))).toEqual([]);
});

test("a dry run shows what points at nobody, and no number, date or name that does", async () => {
  const fields = {email: "email", member: "profile_age", born: "born", tier: "tier", decile: "deciles.spend_12_months", since: "first_event_at", campaign: "campaign", ref: "send_id", hello: "tier || ' ' || name"}; // prettier-ignore
  await begin({fields: {...fields, member: "length(name)", born: "date '1984-05-01' + length(name)::integer"}});
  const {rows} = await sending.send("hook", {dryRun: true});
  expect(rows![0]!.fields).toMatchObject({
    email: "p…@e…",
    member: "8…",
    born: "1…",
    tier: "silver",
    decile: 2,
    since: "2025…",
    campaign: null,
    hello: "s…"
  });
  expect((rows![0]!.fields as {ref: string}).ref).toHaveLength(2);
});

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

test("nothing is sent on a quiet day", async () => {
  await begin({quiet_days: ["monday"]});
  await expect(sending.send("hook")).rejects.toThrow("hook: nothing is sent on a quiet day, and today is monday");
  expect(hook.seen).toEqual([]);
});

test("a mistake in a field's SQL is said with its place", async () => {
  await begin({fields: {email: "email", when: "strftme(last_event_at)"}});
  await expect(sending.send("hook")).rejects.toThrow(/^destinations\/hook.yaml: fields.when: .*strftme/);
});

test("names that are not there are said, with the nearest", async () => {
  await begin();
  await expect(sending.send("hok")).rejects.toThrow('unknown destination "hok": did you mean "hook"?');
  await expect(sending.send("hook", {audience: "risin"})).rejects.toThrow('unknown audience "risin": did you mean "rising"?'); // prettier-ignore
  await expect(sending.send("hook", {campaign: "x"})).rejects.toThrow('unknown campaign "x"');
});

test("files carry adds and removes, are named once, and lie with their manifest", async () => {
  await begin();
  await sending.members([1, 2]);
  const first = await sending.send("folder");
  await sending.members([2, 3]);
  const second = await sending.send("folder");
  const third = await sending.send("folder");
  const out = join(sending.workspace.root, "out");
  expect(third.status).toBe("nothing");
  expect([first.files, second.files].map((files) => files![0])).toEqual([
    "folder_rising_20260302_090000.csv",
    "folder_rising_20260302_090000_2.csv"
  ]);
  expect(readFileSync(join(out, second.files![0]!), "utf8")).toBe(
    "email,decile,action\np1@example.com,2,remove\np3@example.com,4,add\n"
  );
  expect(JSON.parse(readFileSync(join(out, second.files![1]!), "utf8"))).toMatchObject({
    rows: 2,
    actions: {add: 1, remove: 1},
    audience_version: "3",
    as_of: "2026-03-01T00:00:00.000Z"
  });
  expect(readdirSync(join(sending.workspace.warehouse, "outbox"))).toEqual([]);
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
