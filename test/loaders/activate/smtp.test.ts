import type {AddressInfo} from "node:net";
import {SMTPServer, type SMTPServerAddress, type SMTPServerOptions} from "smtp-server";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, afterEach, beforeAll, expect, test} from "vitest";
import {batch, openRows, testClock} from "./fixture.js";

interface Mail {
  from: string;
  to: string[];
  raw: string;
}
type Fault = "reject" | "later" | "cut within" | "cut after" | "silence";

const mails: Mail[] = [];
const faults: (Fault | undefined)[] = [];
let connections = 0;
let server: SMTPServer;
let port: number;
let root: string;
const opened: {close(): Promise<void>}[] = [];

function reply(message: string, responseCode: number): Error {
  return Object.assign(new Error(message), {responseCode});
}

function start(options: SMTPServerOptions = {}): Promise<SMTPServer> {
  const made = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    disabledCommands: ["STARTTLS"],
    onConnect(_, done) {
      ++connections;
      done();
    },
    onAuth({username, password}, _, done) {
      if (username === "ada" && password === "correct horse") done(null, {user: username});
      else done(reply("Invalid login", 535));
    },
    onRcptTo({address}, _, done) {
      if (address.startsWith("nobody")) done(reply("5.1.1 no such mailbox", 550));
      else if (address.startsWith("grey") && faults.shift() === "later") done(reply("4.7.1 try later", 451));
      else done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      const fault = faults.shift();
      stream.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (fault === "cut within") cut(session.remotePort);
      });
      stream.on("end", () => {
        if (fault === "reject") return done(reply("5.7.1 this looks like spam", 554));
        const {mailFrom, rcptTo} = session.envelope;
        const mail = {from: (mailFrom as SMTPServerAddress).address, to: rcptTo.map(({address}) => address), raw: Buffer.concat(chunks).toString()}; // prettier-ignore
        mails.push(mail);
        if (fault === "cut after") return void cut(session.remotePort);
        if (fault !== "silence") done();
      });
    },
    ...options
  });
  made.on("error", () => {});
  return new Promise((resolve) => made.listen(0, "127.0.0.1", () => resolve(made)));
}

function cut(remotePort: number): void {
  const {connections: open} = server as unknown as {connections: Set<{_socket: {remotePort: number; destroy(): void}}>};
  for (const {_socket: socket} of open) if (socket.remotePort === remotePort) socket.destroy();
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tenfold-smtp-"));
  server = await start();
  port = (server.server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  mails.length = faults.length = connections = 0;
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(resolve));
  rmSync(root, {recursive: true});
});

async function smtp(more: object = {}, env: Record<string, string> = {}, clock = testClock()) {
  const definition = {
    kind: "smtp",
    host: "127.0.0.1",
    port,
    tls: "none",
    from: "Meridian Miles <news@example.com>",
    bounce_to: "bounces+{{send_id}}@example.com",
    subject: "Hello {{FNAME|friend}}",
    text: "Dear {{FNAME|friend}},\n\nyour tier is {{tier}}.\n",
    html: "<p>Dear <b>{{FNAME|friend}}</b></p>",
    unsubscribe: {url: "https://example.com/out/{{send_id}}?e={{email}}", mailto: "out@example.com"},
    fields: {email: "email", FNAME: "name", tier: "tier"},
    timeout_seconds: 5,
    ...more
  };
  const destination = await openRows(definition, {env, clock, root});
  opened.push(destination);
  return destination;
}
const one = (fields: object = {}) => batch(["a@example.com", {FNAME: "Zoë", tier: "Gold", ...fields}]);

test("a mail has its headers, both bodies, and a bounce address of its own", async () => {
  expect(await (await smtp()).health()).toContain("lets us in");
  expect(await (await smtp()).deliver(one())).toEqual([]);
  const [mail] = mails;
  expect([mail!.from, mail!.to]).toEqual(["bounces+send-0@example.com", ["a@example.com"]]);
  const head = mail!.raw
    .split("\r\n\r\n")[0]!
    .replace(/\r\n\s+/g, " ")
    .split("\r\n");
  expect(head).toEqual(expect.arrayContaining([
    "From: Meridian Miles <news@example.com>",
    "To: a@example.com",
    "Subject: =?UTF-8?Q?Hello_Zo=C3=AB?=",
    "Message-ID: <send-0@example.com>",
    "X-Send-ID: send-0",
    "List-Unsubscribe: <https://example.com/out/send-0?e=a%40example.com>, <mailto:out@example.com?subject=unsubscribe>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
  ])); // prettier-ignore
  expect(mail!.raw).toContain("multipart/alternative");
  expect(mail!.raw).toContain("your tier is Gold.");
});

test("what a field holds is escaped in HTML, and stays itself in text", async () => {
  await (await smtp()).deliver(one({FNAME: `<script src="x">&'`}));
  const raw = mails[0]!.raw.replaceAll("=\r\n", "").replaceAll("=3D", "=");
  expect(raw).toContain(`Dear <script src="x">&',`);
  expect(raw).toContain("<b>&lt;script src=&quot;x&quot;&gt;&amp;&#39;</b>");
});

test("a name with a line end in the subject is refused, not sent: it would be a header of its own", async () => {
  const refused = await (await smtp()).deliver(one({FNAME: "A\r\nBcc: everybody@example.com"}));
  expect(refused).toEqual([{row: 0, code: "header", message: "a field of the subject has a line end"}]);
  expect(mails).toEqual([]);
});

test.each([
  "a@example.com\r\nRCPT TO:<b@example.com>",
  "a@example.com, b@example.com",
  "<a@example.com> SIZE=1",
  '"a b"@example.com',
  "a b@example.com",
  "",
  "nothing"
])("an address that is more than an address is refused: %j", async (address) => {
  const refused = await (await smtp()).deliver(batch([address, {FNAME: "A", tier: "Gold"}]));
  expect(refused).toMatchObject([{row: 0, code: "address"}]);
  expect(mails).toEqual([]);
});

test("a template with a field that is missing refuses the person, one with a default does not", async () => {
  expect(await (await smtp()).deliver(one({FNAME: null, tier: ""}))).toEqual([
    {row: 0, code: "template", message: 'template needs "tier", which is empty: give it a default, {{tier|…}}'}
  ]);
  expect(await (await smtp()).deliver(one({FNAME: null}))).toEqual([]);
  expect(mails[0]!.raw).toContain("Subject: Hello friend");
});

test("templates may stand in files of the workspace", async () => {
  writeFileSync(join(root, "letter.txt"), "From a file: {{tier}}");
  await (await smtp({text: {file: "letter.txt"}, html: undefined})).deliver(one());
  expect(mails[0]!.raw).toContain("From a file: Gold");
});

test("an address that the server refuses is a refusal of that person", async () => {
  const refused = await (await smtp()).deliver(batch(["nobody@example.com", {tier: "Gold"}]));
  expect(refused).toMatchObject([{row: 0, code: "550", message: expect.stringContaining("no such mailbox") as string}]);
  faults.push("reject");
  expect(await (await smtp()).deliver(one())).toMatchObject([{code: "554"}]);
});

test("a server that says later is asked again later", async () => {
  const clock = testClock();
  faults.push("later", "later");
  await (await smtp({}, {}, clock)).deliver(batch(["grey@example.com", {tier: "Gold"}]));
  expect([mails.length, clock.slept.length]).toEqual([1, 2]);
});

test("where the connection ends after the mail has begun to leave, its end is unknown and it is never sent again", async () => {
  for (const fault of ["cut within", "cut after", "silence"] as const) {
    faults.push(fault);
    const destination = await smtp({timeout_seconds: fault === "silence" ? 0.5 : 5});
    await expect(destination.deliver(one()), fault).rejects.toMatchObject({failure: "unknown"});
  }
  expect(mails.length, "each was taken once").toBe(3);
});

test("after a cut the next mail goes over a new connection", async () => {
  const destination = await smtp();
  faults.push("cut after");
  await expect(destination.deliver(one())).rejects.toMatchObject({failure: "unknown"});
  expect(await destination.deliver(one())).toEqual([]);
  expect(connections).toBe(2);
});

test("connections are reused, and never more at once than allowed", async () => {
  const destination = await smtp({concurrency: 3});
  const work = Array.from({length: 30}, () => one());
  const worker = async () => {
    for (let next = work.pop(); next; next = work.pop()) await destination.deliver(next);
  };
  await Promise.all([worker(), worker(), worker()]);
  expect([mails.length, connections]).toEqual([30, 3]);
});

test("a rate is kept to", async () => {
  const clock = testClock();
  const destination = await smtp({rate: {requests: 60, per_seconds: 60}}, {}, clock);
  const began = clock.now();
  for (let i = 0; i < 20; ++i) await destination.deliver(one());
  expect((clock.now() - began) / 1000).toBeGreaterThan(18);
});

test("a password lets in; a wrong one is final and is not shown", async () => {
  const login = {user: "ada", password_env: "SMTP_PASSWORD"};
  expect(await (await smtp(login, {SMTP_PASSWORD: "correct horse"})).deliver(one())).toEqual([]);
  const error = await (await smtp(login, {SMTP_PASSWORD: "battery staple"})).deliver(one()).catch((e: Error) => e);
  expect(error).toMatchObject({failure: "unsent", isFinal: true});
  expect(String(error)).not.toContain("battery");
});

test("where TLS is required, a server without it gets no password and no mail", async () => {
  const destination = await smtp({tls: "required", user: "ada", password_env: "SMTP_PASSWORD"}, {SMTP_PASSWORD: "correct horse"}); // prettier-ignore
  await expect(destination.deliver(one())).rejects.toMatchObject({failure: "unsent"});
  expect(mails).toEqual([]);
});

test("a server that is down means that nothing was sent", async () => {
  const other = await start();
  const closed = (other.server.address() as AddressInfo).port;
  await new Promise<void>((resolve) => other.close(resolve));
  const clock = testClock();
  await expect((await smtp({port: closed, retries: 2}, {}, clock)).deliver(one())).rejects.toMatchObject({failure: "unsent"}); // prettier-ignore
  expect(clock.slept.length).toBe(2);
});
