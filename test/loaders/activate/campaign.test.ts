import type {AddressInfo} from "node:net";
import fc from "fast-check";
import {SMTPServer} from "smtp-server";
import {afterAll, afterEach, beforeAll, expect, test} from "vitest";
import {assignmentsSql, rowStatesSql} from "../../../loaders/activate/ledger/tables.js";
import {settle} from "../../../loaders/activate/settle.js";
import {sendingWarehouse, type Sending, type SendingOptions} from "./sending.js";

/** A mail server that counts who got what. */
const mails: {to: string; id: string}[] = [];
let fail: ((to: string) => "cut" | "refuse" | undefined) | undefined;
let server: SMTPServer;
let port: number;
beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onData(stream, session, done) {
      let raw = "";
      stream.on("data", (chunk: Buffer) => (raw += chunk.toString()));
      stream.on("end", () => {
        const to = session.envelope.rcptTo[0]!.address;
        const fault = fail?.(to);
        if (fault === "refuse") return done(Object.assign(new Error("5.1.1 no such mailbox"), {responseCode: 550}));
        mails.push({to, id: /^X-Send-ID: (.*)$/m.exec(raw)![1]!.trim()});
        if (fault === "cut") {
          const {connections} = server as unknown as {connections: Set<{_socket: {remotePort: number; destroy(): void}}>}; // prettier-ignore
          for (const {_socket: socket} of connections) if (socket.remotePort === session.remotePort) socket.destroy();
          return;
        }
        done();
      });
    }
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  port = (server.server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

let sending: Sending;
afterEach(() => {
  mails.length = 0;
  fail = undefined;
  sending.close();
});

const arms = {mail: {share: 3}, holdout: {share: 1, holdout: true}};

async function begin(smtp: object = {}, more: Partial<SendingOptions> = {}): Promise<Sending> {
  const mail = {
    kind: "smtp",
    host: "127.0.0.1",
    port,
    tls: "none",
    from: "news@example.com",
    subject: "Hello",
    text: "Hello {{name}}",
    unsubscribe: {mailto: "out@example.com"},
    retries: 0
  };
  sending = await sendingWarehouse({
    destinations: {mail: {...mail, ...smtp}, folder: {kind: "folder", path: "out"}},
    campaigns: {spring: {arms}, autumn: {arms}},
    people: 60,
    ...more
  });
  return sending;
}

const heldOut = async (campaign: string) =>
  new Set(
    (
      await sending.database.rows<{profile_id: number}>(
        `select profile_id from ${assignmentsSql} where campaign_id = $campaign and is_holdout`,
        {campaign}
      )
    ).map(({profile_id}) => `p${profile_id}@example.com`)
  );

test("a campaign's mail goes to everybody assigned to it, once; nobody held out gets one", async () => {
  await begin();
  const report = await sending.send("mail", {campaign: "spring"});
  const held = await heldOut("spring");
  expect(report.status).toBe("done");
  expect(report.arms.map(({arm, isHoldout, profiles}) => [arm, isHoldout, profiles])).toEqual([
    ["mail", false, mails.length],
    ["holdout", true, held.size]
  ]);
  expect(mails.length + held.size).toBe(60);
  expect(mails.filter(({to}) => held.has(to))).toEqual([]);
  expect(new Set(mails.map(({to}) => to)).size).toBe(mails.length);
  expect((await sending.send("mail", {campaign: "spring"})).status).toBe("nothing");
  expect(mails.length + held.size).toBe(60);
});

test("everybody assigned is on record with arm, version, decile, value, and the id that is in the mail", async () => {
  await begin();
  await sending.send("mail", {campaign: "spring"});
  const sends = await sending.database.rows<{send_id: string; profile_id: number; is_holdout: boolean; bucket: number; value: number; audience_version: number}>(`from ${assignmentsSql} order by profile_id`); // prettier-ignore
  expect(sends.length).toBe(60);
  expect(sends.every(({profile_id: p, bucket, value, audience_version: v}) => bucket === (p % 10) + 1 && value === p * 10 && v === 3)).toBe(true); // prettier-ignore
  const ids = new Map(mails.map(({to, id}) => [to, id]));
  for (const {profile_id, is_holdout, send_id} of sends) {
    expect(ids.get(`p${profile_id}@example.com`)).toBe(is_holdout ? undefined : send_id);
  }
});

test("whoever stays out stays out: arms do not change when the audience, the shares or the day do", async () => {
  await begin();
  await sending.members([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  await sending.send("mail", {campaign: "spring"});
  const first = await heldOut("spring");
  sending.workspace.campaigns[0]!.arms!.holdout!.share = 0.0001;
  sending.clock.sleep(5 * 86_400_000);
  await sending.members(Array.from({length: 60}, (_, i) => i + 1));
  await sending.send("mail", {campaign: "spring"});
  const second = await heldOut("spring");
  expect([...first].every((one) => second.has(one))).toBe(true);
  expect(mails.filter(({to}) => first.has(to))).toEqual([]);
});

test("campaigns draw their arms apart, and the holdout of all is kept out of both", async () => {
  await begin({}, {people: 400, workspace: {holdout: {percent: 10}}});
  const report = await sending.send("folder", {campaign: "spring"});
  await sending.send("folder", {campaign: "autumn", audience: "rising"});
  const [spring, autumn] = [await heldOut("spring"), await heldOut("autumn")];
  const both = [...spring].filter((one) => autumn.has(one)).length;
  const everywhere = report.exclusions.find(({reason}) => reason === "held_out_of_all")!.profiles;
  expect(everywhere).toBeGreaterThan(20);
  expect(everywhere).toBeLessThan(60);
  expect(both).toBeLessThan(spring.size / 2);
  expect(await sending.database.value<number>("select count(distinct profile_id) from records.sends")).toBe(
    400 - everywhere
  );
});

test("an audience's own holdout is kept out, too", async () => {
  await begin();
  await sending.database.run("insert into derived.audience_now values ('rising', 7, 'holdout', true)");
  const report = await sending.send("mail", {campaign: "spring"});
  expect(report.exclusions).toContainEqual({reason: "held_out_of_audience", profiles: 1});
  expect(mails.some(({to}) => to === "p7@example.com")).toBe(false);
});

test("over many audiences, runs, arms and changes nobody held out is ever sent, and nobody gets a mail twice", async () => {
  await begin({}, {people: 40, workspace: {holdout: {percent: 15}}});
  const ids = fc.uniqueArray(fc.integer({min: 1, max: 40}));
  await fc.assert(
    fc.asyncProperty(ids, fc.constantFrom("spring", "autumn"), fc.boolean(), async (members, campaign, toFolder) => {
      await sending.members(members);
      await sending.send(toFolder ? "folder" : "mail", {campaign});
    }),
    {numRuns: 25}
  );
  for (const campaign of ["spring", "autumn"]) {
    const wrong = await sending.database.value<number>(
      `select count(*) from ${rowStatesSql} join ${assignmentsSql} using (campaign_id, profile_id)
       where campaign_id = $campaign and action <> 'remove' and is_holdout`,
      {campaign}
    );
    expect(wrong).toBe(0);
  }
  expect(new Set(mails.map(({id}) => id)).size).toBe(mails.length);
  expect(mails.length).toBeGreaterThan(20);
}, 120_000);

test("a mail whose end is not known is never sent again by itself; settled as unsent it is", async () => {
  await begin({}, {people: 10, campaigns: {spring: {}}});
  fail = (to) => (to === "p3@example.com" ? "cut" : to === "p4@example.com" ? "refuse" : undefined);
  const report = await sending.send("mail", {campaign: "spring"});
  expect(report).toMatchObject({status: "partial", results: {acknowledged: 8, unknown: 1, refused: 1}});
  fail = undefined;
  const again = await sending.send("mail", {campaign: "spring"});
  expect(again).toMatchObject({status: "nothing"});
  expect(again.exclusions.map(({reason}) => reason).sort()).toEqual(["refused_before", "unknown"]);
  expect(mails.filter(({to}) => to === "p3@example.com").length).toBe(1);
  const how = {audience: "rising", destination: "mail", now: new Date(sending.clock.now())};
  expect(await settle(sending.database, sending.workspace, {...how, as: "unsent"})).toBe(1);
  expect((await sending.send("mail", {campaign: "spring"})).actions.add).toBe(1);
  expect(mails.filter(({to}) => to === "p3@example.com").length).toBe(2);
});

test("a person whose address changes does not get the campaign again", async () => {
  await begin({}, {people: 5, campaigns: {spring: {}}});
  await sending.send("mail", {campaign: "spring"});
  await sending.database.run("update core.profiles set email = 'new' || email");
  expect((await sending.send("mail", {campaign: "spring"})).exclusions).toEqual([
    {reason: "sent_elsewhere", profiles: 5}
  ]);
  expect(mails.length).toBe(5);
});

test("somebody whom another system mailed the campaign does not get it again", async () => {
  await begin({}, {people: 3, campaigns: {spring: {ids: ["SPR-26"]}}});
  await sending.database.run(
    "insert into core.events (event_id, event_type, event_time, profile_id, campaign_id) values (1, 'email.sent', '2026-02-01', 2, 'SPR-26')"
  );
  expect((await sending.send("mail", {campaign: "spring"})).exclusions).toEqual([{reason: "sent_before", profiles: 1}]);
  expect(mails.map(({to}) => to).sort()).toEqual(["p1@example.com", "p3@example.com"]);
});

test("a frequency cap counts what was sent and what providers report, once each", async () => {
  await begin({frequency_cap: {sends: 2, within_days: 7}}, {people: 3, campaigns: {a: {}, b: {}, c: {}}});
  await sending.database.run(
    `insert into core.events (event_id, event_type, event_time, profile_id, send_id) values
       (1, 'email.sent', '2026-03-01', 1, 'x'), (2, 'email.sent', '2026-03-01', 1, 'y'), (3, 'email.sent', '2026-02-01', 2, 'z')`
  );
  expect((await sending.send("mail", {campaign: "a"})).exclusions).toEqual([{reason: "frequency_cap", profiles: 1}]);
  expect((await sending.send("mail", {campaign: "b"})).actions.add).toBe(2);
  expect((await sending.send("mail", {campaign: "c"})).exclusions).toEqual([{reason: "frequency_cap", profiles: 3}]);
  await sending.clock.sleep(8 * 86_400_000);
  expect((await sending.send("mail", {campaign: "c"})).actions.add).toBe(3);
});

test("one arm may go by this destination, another by that one", async () => {
  const three = {plain: {share: 1}, bonus: {share: 1}, holdout: {share: 1, holdout: true}};
  await begin({}, {campaigns: {spring: {arms: three}}});
  const plain = await sending.send("mail", {campaign: "spring", arm: "plain"});
  const sent = mails.length;
  expect(plain.exclusions.map(({reason}) => reason).sort()).toEqual(["held_out", "other_arm"]);
  await sending.send("mail", {campaign: "spring", arm: "bonus"});
  expect(sent).toBeLessThan(mails.length);
  expect(mails.length + (await heldOut("spring")).size).toBe(60);
  await expect(sending.send("mail", {campaign: "spring", arm: "bonsu"})).rejects.toThrow('unknown arm "bonsu": did you mean "bonus"?'); // prettier-ignore
});

test("the power of a holdout is said before anything is sent", async () => {
  await begin({}, {people: 1000});
  await sending.database.run(
    `insert into core.events (event_id, event_type, event_time, profile_id, value)
     select i, 'commerce.purchase', timestamp '2026-02-25', i, 20 from range(1, 101) as r(i)
     union all select 1000 + i, 'commerce.refund', timestamp '2026-02-26', i, 20 from range(1, 11) as r(i)`
  );
  const {power} = await sending.send("folder", {campaign: "spring", dryRun: true});
  expect(power).toMatchObject({base: 0.1, windowDays: 7, neededForOnePoint: null});
  expect(power!.treated + power!.heldOut).toBe(1000);
  expect(power!.detectable).toBeGreaterThan(0.05);
  expect(power!.detectable).toBeLessThan(0.1);
  // 90 of 1,000 kept their 20.
  const deviation = Math.sqrt((90 * 400 - 1000 * 1.8 ** 2) / 999);
  const error = deviation * Math.sqrt(1 / power!.treated + 1 / power!.heldOut);
  expect(power!.money).toEqual({mean: expect.closeTo(1.8, 10), deviation: expect.closeTo(deviation, 10), detectable: expect.closeTo(2.8015852 * error, 6)}); // prettier-ignore
});

test("a campaign with everybody held out, and one with nobody in the audience, send nothing", async () => {
  await begin({}, {campaigns: {spring: {arms: {holdout: {share: 1, holdout: true}}}}});
  expect(await sending.send("mail", {campaign: "spring"})).toMatchObject({status: "nothing", exclusions: [{reason: "held_out", profiles: 60}]}); // prettier-ignore
  expect((await heldOut("spring")).size).toBe(60);
  await sending.members([]);
  expect(await sending.send("mail", {campaign: "spring"})).toMatchObject({status: "nothing", members: 0});
  await expect(sending.send("mail")).rejects.toThrow("destinations/mail.yaml sends mails: name their campaign (--campaign)"); // prettier-ignore
});
