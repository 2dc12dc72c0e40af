import {createHmac} from "node:crypto";
import {afterEach, beforeEach, expect, test} from "vitest";
import {random} from "../../../lib/stats/random.js";
import {backoff, retryAfter} from "../../../loaders/activate/client/backoff.js";
import type {Clock} from "../../../loaders/activate/client/clock.js";
import {tokenBucket} from "../../../loaders/activate/client/tokenBucket.js";
import {batch, contract, openRows, standIn, testClock, type StandIn} from "./fixture.js";

const secret = "whsec_c2VjcmV0IGtleSBvZiB0aGUgcmVjZWl2ZXI=";
const env = {HOOK_SECRET: secret};

let hook: StandIn;
const taken: unknown[] = [];
beforeEach(async () => {
  taken.length = 0;
  hook = await standIn(({method, path, headers, text, body}) => {
    contract(method === "POST" && path === "/in", "POST /in");
    const [id, time] = [headers["webhook-id"], headers["webhook-timestamp"]];
    const key = Buffer.from(secret.slice(6), "base64");
    const signature = `v1,${createHmac("sha256", key)
      .update(`${id as string}.${time as string}.${text}`)
      .digest("base64")}`;
    contract(headers["webhook-signature"] === signature, "signature");
    taken.push(body);
    return {status: 204};
  });
});
afterEach(() => hook.close());

const webhook = (more: object = {}, clock: Clock = testClock()) =>
  openRows(
    {kind: "webhook", url: `${hook.url}/in`, secret_env: "HOOK_SECRET", timeout_seconds: 1, ...more},
    {env, clock}
  );

test("a webhook is signed as Standard Webhooks says, with its time and an idempotency key", async () => {
  const clock = testClock();
  const destination = await webhook({}, clock);
  expect(await destination.deliver(batch(["a@example.com", {FNAME: "A"}], ["b@example.com", {}, "remove"]))).toEqual(
    []
  );
  expect(taken).toEqual([
    {
      type: "audience.changed",
      audience: "rising",
      rows: [
        {action: "add", send_id: "send-0", fields: {email: "a@example.com", FNAME: "A"}},
        {action: "remove", send_id: "send-1", fields: {email: "b@example.com"}}
      ]
    }
  ]);
  expect(hook.seen[0]!.headers).toMatchObject({
    "idempotency-key": "delivery-1",
    "webhook-timestamp": String(clock.now() / 1000)
  });
});

test("rows that the receiver refuses come back with their reasons", async () => {
  hook.faults.push({status: 200, body: {refused: [{row: 1, code: "invalid", message: "no such mailbox"}]}});
  const refused = await (await webhook()).deliver(batch(["a@example.com"], ["b@example.com"]));
  expect(refused).toEqual([{row: 1, code: "invalid", message: "no such mailbox"}]);
  hook.faults.push({status: 200, body: {refused: [{row: 2}]}});
  await expect((await webhook()).deliver(batch(["a@example.com"]))).rejects.toMatchObject({failure: "unknown"});
});

test("what may be repeated is repeated, with growing pauses that a seed decides", async () => {
  const clock = testClock();
  hook.faults.push({status: 500}, {status: 503}, {status: 409}, "reset", "half", {status: 429}, undefined);
  await (await webhook({}, clock)).deliver(batch(["a@example.com"]));
  expect(hook.seen.length).toBe(7);
  expect(new Set(hook.seen.map(({headers}) => headers["webhook-id"]))).toEqual(new Set(["delivery-1"]));
  const again = testClock();
  hook.faults.push({status: 500}, {status: 503}, {status: 409}, "reset", "half", {status: 429}, undefined);
  await (await webhook({}, again)).deliver(batch(["a@example.com"]));
  expect(again.slept).toEqual(clock.slept);
  clock.slept.forEach((wait, i) => {
    expect(wait).toBeGreaterThanOrEqual(250 * 2 ** i);
    expect(wait).toBeLessThanOrEqual(500 * 2 ** i);
  });
});

test("no answer in time is tried again, too", async () => {
  hook.faults.push("silence", undefined);
  await (await webhook({timeout_seconds: 0.05})).deliver(batch(["a@example.com"]));
  expect(taken.length).toBe(1);
});

test("Retry-After is kept to, in seconds and as a date; one of days ends the try", async () => {
  const clock = testClock();
  const date = new Date(clock.now() + 90_000 + 20_000).toUTCString();
  hook.faults.push(
    {status: 429, headers: {"retry-after": "90"}},
    {status: 503, headers: {"retry-after": date}},
    {status: 429, headers: {"retry-after": "172800"}}
  );
  await expect((await webhook({}, clock)).deliver(batch(["a@example.com"]))).rejects.toMatchObject({
    failure: "unsent",
    code: "429"
  });
  expect(clock.slept.map(Math.round)).toEqual([90_000, 20_000]);
  expect(retryAfter("soon", 0)).toBeUndefined();
  expect(retryAfter(null, 0)).toBeUndefined();
});

test("a failure says whether the other side may have carried it out", async () => {
  const failure = async (more: object, ...faults: StandIn["faults"]) => {
    hook.faults.push(...faults);
    const destination = await webhook({retries: 1, timeout_seconds: 0.05, ...more});
    const error = await destination.deliver(batch(["a@example.com"])).then(() => undefined, (e: Error) => e); // prettier-ignore
    const asked = hook.seen.splice(0).length;
    hook.faults.splice(0);
    return {...(error as unknown as {failure: string; isFinal: boolean}), asked};
  };
  const once = {idempotent: false};
  expect(await failure({}, {status: 400})).toMatchObject({failure: "refused", isFinal: false, asked: 1});
  expect(await failure({}, {status: 401})).toMatchObject({failure: "unsent", isFinal: true, asked: 1});
  expect(await failure({}, {status: 301})).toMatchObject({failure: "refused", isFinal: true, asked: 1});
  expect(await failure({}, {status: 409}, {status: 409})).toMatchObject({failure: "refused", asked: 2});
  expect(await failure({}, {status: 500}, {status: 500})).toMatchObject({failure: "unknown", asked: 2});
  expect(await failure({}, {status: 429}, {status: 429})).toMatchObject({failure: "unsent", asked: 2});
  expect(await failure({}, "silence", "silence")).toMatchObject({failure: "unknown", asked: 2});
  expect(await failure(once, {status: 500})).toMatchObject({failure: "unknown", asked: 1});
  expect(await failure(once, "silence")).toMatchObject({failure: "unknown", asked: 1});
  expect(await failure(once, "reset")).toMatchObject({failure: "unknown", asked: 1});
  expect(await failure(once, "half")).toMatchObject({failure: "unknown", asked: 1});
  expect(await failure(once, {status: 429}, undefined)).toMatchObject({asked: 2});
  const gone = await standIn(() => ({status: 204}));
  await gone.close();
  expect(await failure({...once, url: gone.url})).toMatchObject({failure: "unsent", code: "ECONNREFUSED"});
});

test("no error shows a secret, however the other side repeats it", async () => {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(`user:${secret}`).toString("base64")];
  for (const form of forms) {
    hook.faults.push({status: 400, body: {said: `bad signature with ${form}!`}});
    const error = await (await webhook()).deliver(batch(["a@example.com"])).catch((e: Error) => e);
    expect(String(error)).toContain("bad signature");
    expect(String(error)).not.toContain(form.slice(12, -4));
  }
  hook.faults.push({status: 200, body: {refused: [{row: 0, message: `no ${secret}`}]}});
  expect((await (await webhook()).deliver(batch(["a@example.com"])))[0]!.message).toBe("no …");
});

test("a secret that is not set is said by its variable's name", async () => {
  await expect(openRows({kind: "webhook", url: hook.url, secret_env: "HOOK_SECRET"})).rejects.toThrow(
    "destinations/test.yaml: secret_env: the environment variable HOOK_SECRET is not set"
  );
});

// A simulation by events: answers take from 20 to 400 ms, as many requests at once as the provider allows.
test.each([
  {requests: 100, perSeconds: 10, concurrency: 4},
  {requests: 3, perSeconds: 2, concurrency: 2},
  {requests: 150, perSeconds: 60, concurrency: 3},
  {requests: 10, perSeconds: 1, concurrency: 8},
  {requests: 200, perSeconds: 1, concurrency: 100}
])(
  "the limit of $requests in $perSeconds s is kept in every window, and used to 95%",
  async ({requests, perSeconds, concurrency}) => {
    // prettier-ignore
    const {clock, run} = simulation();
    const bucket = tokenBucket({requests, perSeconds}, clock);
    const uniform = random(7);
    const made: number[] = [];
    const most = Math.max(300, requests * 4);
    const worker = async () => {
      while (made.length < most) {
        await bucket.take();
        made.push(clock.now());
        await clock.sleep(20 + 380 * uniform());
      }
    };
    await run(Array.from({length: concurrency}, worker));
    const window = perSeconds * 1000;
    const times = made.sort((a, b) => a - b);
    times.forEach((time, i) => {
      const inWindow = times.slice(i).findIndex((later) => later >= time + window);
      if (inWindow >= 0) expect(inWindow).toBeLessThanOrEqual(requests);
    });
    const rate = (times.length - 1) / (times.at(-1)! - times[0]!);
    expect(rate).toBeGreaterThan((0.95 * requests) / window);
  }
);

test("a machine that wakes late, and then several at once, keeps to the limit and uses it", async () => {
  const {clock, run} = simulation();
  const uniform = random(3);
  // Timers of a busy machine go off together, every now and then.
  const late = {...clock, sleep: (milliseconds: number) => clock.sleep(Math.ceil((clock.now() + milliseconds) / 70) * 70 - clock.now())}; // prettier-ignore
  const [requests, window] = [50, 1000];
  const bucket = tokenBucket({requests, perSeconds: 1}, late);
  const times: number[] = [];
  const worker = async () => {
    while (times.length < 600) {
      await bucket.take();
      times.push(clock.now());
      await clock.sleep(20 + 80 * uniform());
    }
  };
  await run(Array.from({length: 20}, worker));
  const inWindow = times.map((time, i) => times.slice(i).filter((later) => later < time + window).length);
  expect(Math.max(...inWindow)).toBeLessThanOrEqual(requests);
  expect((times.length - 1) / (times.at(-1)! - times[0]!)).toBeGreaterThan((0.9 * requests) / window);
});

test("a pause that the other side asks for holds everybody", async () => {
  const clock = testClock(0);
  const bucket = tokenBucket({requests: 10, perSeconds: 1}, clock);
  await bucket.take();
  bucket.pause(5000);
  await bucket.take();
  expect(clock.now()).toBe(5000);
});

test("pauses grow to a minute and no further", () => {
  const pause = backoff("x");
  for (let i = 0; i < 30; ++i) expect(pause(i)).toBeLessThanOrEqual(60_000);
  expect(backoff("x")(3)).not.toBe(backoff("y")(3));
});

/** A clock whose time moves to the next sleeper when everybody sleeps. */
function simulation() {
  let now = 0;
  const sleepers: {at: number; wake(): void}[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds) => new Promise((wake) => void sleepers.push({at: now + milliseconds, wake}))
  };
  const run = async (work: Promise<void>[]) => {
    let isDone = false;
    const all = Promise.all(work).then(() => (isDone = true));
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return await all;
      sleepers.sort((a, b) => b.at - a.at);
      const next = sleepers.pop();
      if (!next) continue;
      now = next.at;
      next.wake();
    }
  };
  return {clock, run};
}
