import {spawn} from "node:child_process";
import type {AddressInfo} from "node:net";
import {existsSync, readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {SMTPServer} from "smtp-server";
import {expect, test} from "vitest";
import {random} from "../../../lib/stats/random.js";
import {rowStatesSql} from "../../../loaders/activate/ledger/tables.js";
import {projectRoot} from "../../../loaders/workspace.js";
import {standIn} from "./fixture.js";
import {sendingWarehouse, type SendingOptions} from "./sending.js";

test("under random kills nothing is sent twice and nothing is forgotten", async () => {
  const uniform = random(11);
  // The process is killed at a request of one of the servers, before or after it was carried out.
  let countdown = Infinity;
  let kill = () => {};
  const moment = () => {
    if (--countdown === 0) kill();
  };
  const seen = new Set<string>();
  const applied: string[] = [];
  const hook = await standIn(({headers, body}) => {
    moment();
    const id = String(headers["webhook-id"]);
    if (!seen.has(id))
      applied.push(...(body as {rows: {fields: {email: string}}[]}).rows.map(({fields}) => fields.email));
    seen.add(id);
    moment();
    return {status: 200};
  });
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onData(stream, session, done) {
      moment();
      stream.on("data", () => {});
      stream.on("end", () => {
        mails.push(session.envelope.rcptTo[0]!.address);
        moment();
        done();
      });
    }
  });
  smtp.on("error", () => {});
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", () => resolve()));
  const {port} = smtp.server.address() as AddressInfo;
  const options: SendingOptions = {
    destinations: {
      hook: {kind: "webhook", url: hook.url, secret_env: "SECRET", batch: 5, concurrency: 3},
      mail: {
        kind: "smtp",
        host: "127.0.0.1",
        port,
        tls: "none",
        from: "news@example.com",
        subject: "Hello",
        text: "Hello",
        unsubscribe: {mailto: "out@example.com"},
        concurrency: 2
      },
      folder: {kind: "folder", path: "out", files: {format: "csv"}}
    },
    campaigns: {spring: {}},
    env: {SECRET: "whsec_c2VjcmV0"},
    people: 60
  };
  const sending = await sendingWarehouse(options);
  sending.database.close();
  const run = () =>
    new Promise<number | null>((resolve) => {
      const child = spawn(process.execPath, ["--import", "tsx", join(projectRoot, "test/loaders/activate/sender.ts"), sending.workspace.root, JSON.stringify(options)], {cwd: projectRoot, stdio: ["ignore", "ignore", "inherit"]}); // prettier-ignore
      kill = () => child.kill("SIGKILL");
      child.on("exit", (code, signal) => resolve(signal === "SIGKILL" ? null : code));
    });
  let kills = 0;
  for (let runs = 0; runs < 12; ++runs) {
    countdown = kills < 6 ? 1 + Math.floor(uniform() * 24) : Infinity;
    const code = await run();
    if (code === 0) break;
    expect(code).toBeNull();
    ++kills;
  }
  expect(kills).toBeGreaterThanOrEqual(5);
  countdown = Infinity;
  expect(await run()).toBe(0);
  await sending.reopen();
  const everybody = Array.from({length: 60}, (_, i) => `p${i + 1}@example.com`).sort();
  expect(applied.sort(), "each is added once where ids are dropped that were seen").toEqual(everybody);
  expect(new Set(mails).size, "nobody gets a mail twice").toBe(mails.length);
  const unknown = await sending.database.rows<{email: string}>(
    `select key as email from ${rowStatesSql} where kind = 'smtp' and status = 'unknown'`
  );
  const acknowledged = everybody.filter((one) => !unknown.some(({email}) => email === one));
  expect(
    acknowledged.filter((one) => !mails.includes(one)),
    "who is not unknown has got it"
  ).toEqual([]);
  expect(unknown.length).toBeLessThanOrEqual(2 * kills);
  const out = join(sending.workspace.root, "out");
  const rows = (existsSync(out) ? readdirSync(out) : []).filter((name) => name.endsWith(".csv")).flatMap((name) => readFileSync(join(out, name), "utf8").trimEnd().split("\n").slice(1)); // prettier-ignore
  expect(rows.map((row) => row.split(",")[0]).sort(), "each stands in one file").toEqual(everybody);
  sending.close();
  await hook.close();
  await new Promise<void>((resolve) => smtp.close(resolve));
}, 180_000);
