import {createHash, createHmac} from "node:crypto";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openFiles, preparedFile, standIn, testClock, type Reply, type Seen} from "./fixture.js";

// The account that s3rver is made with.
const env = {S3_KEY: "S3RVER", S3_SECRET: "S3RVER"};

interface S3rver {
  run(): Promise<{port: number}>;
  close(): Promise<void>;
}
let server: S3rver;
let root: string;
let port: number;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tenfold-s3-"));
  const {default: Server} = (await import("s3rver" as string)) as {default: new (options: object) => S3rver};
  server = new Server({port: 0, address: "127.0.0.1", silent: true, directory: root, configureBuckets: [{name: "exports", configs: []}]}); // prettier-ignore
  ({port} = await server.run());
});
afterAll(async () => {
  await server.close();
  rmSync(root, {recursive: true});
});

const s3 = (more: object = {}, secrets = env, clock = testClock()) =>
  openFiles(
    {
      kind: "s3",
      bucket: "exports",
      endpoint: `http://127.0.0.1:${port}`,
      path_style: true,
      prefix: "crm/päck/",
      access_key_env: "S3_KEY",
      secret_key_env: "S3_SECRET",
      ...more
    },
    {env: secrets, clock}
  );

const file = (name: string, text: string) => preparedFile(root, name, text);

test("an object appears whole, with its hash, and the same one again changes nothing", async () => {
  const destination = await s3();
  expect(await destination.health()).toBe("bucket exports is there");
  const one = file("one two.csv", "a,b\n".repeat(100_000));
  expect(await destination.has(one.name)).toBe(false);
  await destination.put(one);
  await destination.put(one);
  expect(await destination.has(one.name)).toBe(true);
});

test("another object of the name is never written over", async () => {
  const destination = await s3();
  await destination.put(file("once.csv", "first"));
  await expect(destination.put(file("once.csv", "other"))).rejects.toMatchObject({failure: "refused", code: "EEXIST"});
});

test("a key that is not known is final", async () => {
  const error = await (await s3({}, {...env, S3_KEY: "UNKNOWN"})).put(file("x.csv", "x")).catch((e: Error) => e);
  expect(error).toMatchObject({failure: "unsent", isFinal: true, code: "403"});
});

test("a bucket that is not there is said", async () => {
  await expect((await s3({bucket: "nowhere"})).health()).rejects.toThrow("GET nowhere: 404 NoSuchBucket");
});

test("each upload carries its hash under signature 4 and asks S3 not to write over; what fails is tried again", async () => {
  const bytes = new Map<string, string>();
  const faults: Reply[] = [{status: 500}, "reset", {status: 409}];
  const provider = await standIn((seen) => {
    const {method, path, headers, text} = seen;
    if (!isSigned(seen)) return {status: 403, text: "<Error><Code>SignatureDoesNotMatch</Code></Error>"};
    if (method === "HEAD") return bytes.has(path) ? {status: 200, headers: {"x-amz-meta-sha256": "another"}} : {status: 404}; // prettier-ignore
    if (headers["if-none-match"] !== "*" || headers["x-amz-content-sha256"] !== createHash("sha256").update(text).digest("hex")) return {status: 400}; // prettier-ignore
    const fault = faults.shift();
    if (fault) return fault;
    // Somebody else was faster: S3's answer to the condition.
    if (path.endsWith("taken.csv")) {
      bytes.set(path, "other");
      return {status: 412, text: "<Error><Code>PreconditionFailed</Code></Error>"};
    }
    bytes.set(path, text);
    return {status: 200};
  });
  try {
    const clock = testClock();
    const destination = await s3({endpoint: provider.url, region: "eu-west-1", prefix: ""}, env, clock);
    await destination.put(file("one.csv", "contents"));
    await destination.put(file("ä +(1)*'~.csv", "odd"));
    expect([...bytes]).toEqual([
      ["/exports/one.csv", "contents"],
      ["/exports/%C3%A4%20%2B%281%29%2A%27~.csv", "odd"]
    ]);
    expect(clock.slept.length).toBe(3);
    await expect(destination.put(file("taken.csv", "mine"))).rejects.toMatchObject({failure: "refused", code: "EEXIST"}); // prettier-ignore
    const wrong = await s3({endpoint: provider.url, region: "eu-west-1"}, {...env, S3_SECRET: "wrong-secret"});
    const error = await wrong.put(file("x.csv", "x")).catch((e: Error) => e);
    expect(error).toMatchObject({failure: "unsent", isFinal: true, code: "403"});
    expect(String(error)).not.toContain("wrong-secret");
  } finally {
    await provider.close();
  }
});

/** Whether a request bears signature version 4, computed here anew: s3rver does not look. */
function isSigned({method, path, query, headers, text}: Seen): boolean {
  const given = /^AWS4-HMAC-SHA256 Credential=S3RVER\/((\d{8})\/eu-west-1\/s3\/aws4_request), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? ""); // prettier-ignore
  if (!given || !/\bhost\b/.test(given[3]!) || !/x-amz-content-sha256/.test(given[3]!)) return false;
  if (method === "PUT" && headers["x-amz-content-sha256"] !== sha256(text)) return false;
  const [, scope, day, signed] = given as unknown as [string, string, string, string];
  const canonical = [
    method,
    path,
    [...query].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort().join("&"), // prettier-ignore
    ...signed.split(";").map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    signed,
    headers["x-amz-content-sha256"]
  ].join("\n");
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const key = ["eu-west-1", "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${env.S3_SECRET}`, day));
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  return hmac(key, toSign).toString("hex") === given[4];
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
