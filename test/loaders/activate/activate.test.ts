import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {expect, test} from "vitest";
import {address, begin, hook, sending, there, told, useReceiver} from "./receiver.js";

useReceiver();

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
