import {existsSync, readdirSync, readFileSync} from "node:fs";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {SMTPServer} from "smtp-server";
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from "vitest";
import {rowStatesSql} from "../../../loaders/activate/ledger/tables.js";
import {runDue} from "../../../loaders/activate/runDue.js";
import {silent} from "../../../loaders/engine/progress.js";
import {sendingWarehouse, type Sending} from "./sending.js";

/** A mail server with a password that may change, whose mailboxes `p9…` are not there; and one that can be taken down. */
const mails: {to: string; raw: string}[] = [];
let password: string;
let server: SMTPServer;
let port: number;
let sending: Sending;

function start(at = 0): Promise<SMTPServer> {
  const made = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onAuth: (given, _, done) =>
      given.password === password ? done(null, {user: "ada"}) : done(refusal("Invalid login", 535)),
    onMailFrom: (_, __, done) => (password === "revoked" ? done(refusal("5.7.8 credentials invalid", 535)) : done()),
    onRcptTo: ({address}, _, done) => (address.startsWith("p9") ? done(refusal("5.1.1 no such mailbox", 550)) : done()),
    onData(stream, {envelope: {rcptTo}}, done) {
      let raw = "";
      stream.on("data", (chunk: Buffer) => (raw += chunk.toString()));
      stream.on("end", () => {
        mails.push({to: rcptTo[0]!.address, raw});
        if (mails.length === revokedAfter) password = "revoked";
        done();
      });
    }
  });
  made.on("error", () => {});
  return new Promise((resolve) => made.listen(at, "127.0.0.1", () => resolve(made)));
}

const stop = () => new Promise<void>((resolve) => server.close(resolve));
const refusal = (message: string, responseCode: number) => Object.assign(new Error(message), {responseCode});
let revokedAfter: number | undefined;

beforeAll(async () => {
  server = await start();
  port = (server.server.address() as AddressInfo).port;
});
afterAll(stop);
beforeEach(() => {
  mails.length = 0;
  password = "open sesame";
  revokedAfter = undefined;
});
afterEach(() => sending.close());

async function begin(people: number, more: object = {}): Promise<void> {
  const mail = {
    kind: "smtp",
    host: "127.0.0.1",
    port,
    tls: "none",
    user: "ada",
    password_env: "SMTP_PASSWORD",
    from: "news@example.com",
    subject: "Hello {{name}}",
    text: "Your tier is {{tier}}.",
    unsubscribe: {mailto: "out@example.com"},
    fields: {email: "email", name: "name", tier: "tier"},
    retries: 0,
    concurrency: 1,
    ...more
  };
  sending = await sendingWarehouse({
    destinations: {mail, folder: {kind: "folder", path: "out"}},
    campaigns: {spring: {}},
    people,
    env: {SMTP_PASSWORD: "open sesame"}
  });
}

const send = () => sending.send("mail", {campaign: "spring"});
const codes = () =>
  sending.database.rows<{profile_id: number; code: string}>(
    `select profile_id, code from ${rowStatesSql} where status = 'refused' and code is not null order by all`
  );

test("an address refused, a missing field and a name that would be a header stop nobody else, and are not sent again", async () => {
  await begin(12);
  await sending.database.run(`
    update core.profiles set tier = null where profile_id = 2;
    update core.profiles set name = 'Eve' || chr(13) || chr(10) || 'Bcc: everybody@example.com' where profile_id = 3`);
  const first = await send();
  expect(first).toMatchObject({status: "done", results: {acknowledged: 9, refused: 3}});
  expect(await codes()).toEqual([
    {profile_id: 2, code: "template"},
    {profile_id: 3, code: "header"},
    {profile_id: 9, code: "550"}
  ]);
  expect(mails.length).toBe(9);
  expect(mails.map(({raw}) => raw).join("\n")).not.toMatch(/everybody@example\.com/);
  expect(await send()).toMatchObject({status: "nothing", exclusions: [{reason: "refused_before", profiles: 3}]});
  // What was missing is there now.
  await sending.database.run("update core.profiles set tier = 'gold' where profile_id = 2");
  expect(await send()).toMatchObject({status: "done", actions: {add: 1}});
  expect([mails.length, mails.at(-1)!.to]).toEqual([10, "p2@example.com"]);
});

test("credentials revoked in mid-run end it; with new ones the rest is sent, and nobody twice", async () => {
  await begin(8);
  revokedAfter = 3;
  const cut = await send();
  expect(cut).toMatchObject({status: "failed", results: {acknowledged: 3, unsent: 1, waiting: 4}});
  expect(cut.error).toContain("credentials invalid");
  // Logging in anew does not help, and nobody is marked as refused.
  expect(await send()).toMatchObject({status: "failed", actions: {add: 5}, results: {unsent: 1, waiting: 4}});
  password = "open sesame";
  expect(await send()).toMatchObject({status: "done", actions: {add: 5}});
  expect(mails.map(({to}) => to).sort()).toEqual(Array.from({length: 8}, (_, i) => `p${i + 1}@example.com`));
});

test("a destination that is down for a day is asked a few times, and gets everything when it is back", async () => {
  await begin(5);
  const [mail] = sending.workspace.destinations;
  mail!.deliveries = [{audience: "rising", campaign: "spring", schedule: "0 10 * * *", catch_up: "once"}];
  const run = () => runDue(sending.database, sending.workspace, {progress: silent, clock: sending.clock, env: {SMTP_PASSWORD: "open sesame"}}); // prettier-ignore
  await run();
  await stop();
  await sending.clock.sleep(3_600_000);
  let tries = 0;
  for (let minute = 0; minute < 23 * 60; minute += 30) {
    const [made] = await run();
    if (made) {
      ++tries;
      expect(made).toMatchObject({status: "failed"});
    }
    await sending.clock.sleep(30 * 60_000);
  }
  expect(tries).toBeLessThan(30);
  expect(mails.length).toBe(0);
  server = await start(port);
  await sending.clock.sleep(3_600_000);
  expect(await run()).toMatchObject([{status: "done", added: 5}]);
  expect(mails.length).toBe(5);
  expect(await run()).toEqual([]);
});

test("an audience of nobody sends nothing and makes no file; one of one person sends one row", async () => {
  await begin(3);
  await sending.members([]);
  expect(await send()).toMatchObject({status: "nothing", members: 0});
  expect(await sending.send("folder")).toMatchObject({status: "nothing", members: 0});
  expect(existsSync(join(sending.workspace.root, "out"))).toBe(false);
  await sending.members([2]);
  expect(await send()).toMatchObject({status: "done", members: 1, actions: {add: 1}});
  expect(await sending.send("folder")).toMatchObject({status: "done", actions: {add: 1}});
  const out = join(sending.workspace.root, "out");
  const file = readdirSync(out).find((name) => name.endsWith(".csv"));
  expect(readFileSync(join(out, file!), "utf8").trimEnd().split("\n")).toHaveLength(2);
  // Whoever was the only one and left is removed, which is a file of its own.
  await sending.members([]);
  expect(await sending.send("folder")).toMatchObject({status: "done", actions: {remove: 1}});
});
