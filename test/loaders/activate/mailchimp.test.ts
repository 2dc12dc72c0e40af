import {createHash} from "node:crypto";
import {afterEach, beforeEach, expect, test} from "vitest";
import {batch, contract, openRows, standIn, type Reply, type Seen, type StandIn} from "./fixture.js";
import {survivesFaults} from "./faults.js";

const env = {MAILCHIMP_KEY: "0123456789abcdef0123456789abcdef-us6"};

interface Member {
  status: string;
  merge_fields: Record<string, unknown>;
}
interface MailchimpClient {
  setConfig(config: object): void;
  lists: {
    apiClient: {basePath: string};
    batchListMembers(list: string, body: object): Promise<{error_count: number}>;
    batchSegmentMembers(body: object, list: string, segment: string): Promise<unknown>;
  };
  ping: {get(): Promise<{health_status: string}>};
}

let members: Map<string, Member>;
let segment: Set<string>;
let mailchimp: StandIn;
beforeEach(async () => {
  members = new Map();
  segment = new Set();
  mailchimp = await standIn(answer);
});
afterEach(() => mailchimp.close());

const open = (more: object = {segment: 9}) =>
  openRows({kind: "mailchimp", url: mailchimp.url, list: "abc123", api_key_env: "MAILCHIMP_KEY", timeout_seconds: 1, ...more}, {env}); // prettier-ignore

/** As documented at https://mailchimp.com/developer/marketing/api/ (list members, batch; segments; ping). */
function answer({method, path, headers, body}: Seen): Reply {
  const [scheme, token] = (headers.authorization ?? "").split(" ");
  contract(scheme === "Basic" && Buffer.from(token!, "base64").toString().split(":")[1] === env.MAILCHIMP_KEY, "basic authentication, the key as password"); // prettier-ignore
  contract(path.startsWith("/3.0/"), "version 3.0");
  const rest = path.slice("/3.0".length);
  if (method === "GET" && rest === "/ping") return {status: 200, body: {health_status: "Everything's Chimpy!"}};
  if (method === "GET" && rest === "/lists/abc123") return {status: 200, body: {id: "abc123", name: "Members"}};
  if (method === "POST" && rest === "/lists/abc123") return subscribe(body);
  if (method === "POST" && rest === "/lists/abc123/segments/9") return tag(body);
  const hash = /^\/lists\/abc123\/members\/([0-9a-f]{32})$/.exec(rest)?.[1];
  contract(hash, `no such resource: ${method} ${rest}`);
  const address = [...members.keys()].find((one) => createHash("md5").update(one).digest("hex") === hash);
  if (address === undefined) return problem(404, "The requested resource could not be found.");
  if (method === "PATCH") {
    const {merge_fields, status} = body as Partial<Member>;
    contract(status === undefined, "nobody's status is changed");
    Object.assign(members.get(address)!.merge_fields, merge_fields);
    return {status: 200, body: {}};
  }
  contract(method === "DELETE", "PATCH or DELETE of a member");
  members.get(address)!.status = "archived";
  return {status: 204};
}

function subscribe(body: unknown): Reply {
  const given = body as {members: (Member & {email_address: string})[]; update_existing: boolean};
  contract(Array.isArray(given.members) && given.members.length <= 500, "up to 500 members");
  const errors: object[] = [];
  for (const {email_address: address, status, merge_fields} of given.members) {
    contract(["subscribed", "unsubscribed", "cleaned", "pending", "transactional"].includes(status), "a status");
    if (!/^[^@\s]+@[^@\s]+\.[a-z]+$/.test(address)) {
      errors.push({email_address: address, error: `${address} looks fake or invalid`, error_code: "ERROR_GENERIC"});
    } else if (members.has(address) && !given.update_existing) {
      errors.push({email_address: address, error: "already a list member", error_code: "ERROR_CONTACT_EXISTS"});
    } else members.set(address, {status, merge_fields: {...merge_fields}});
  }
  return {status: 200, body: {new_members: [], updated_members: [], errors, error_count: errors.length}};
}

function tag(body: unknown): Reply {
  const {members_to_add: add, members_to_remove: remove} = body as Record<string, string[]>;
  contract((add?.length ?? 0) <= 500 && (remove?.length ?? 0) <= 500, "up to 500 members");
  const unknown = add!.filter((address) => !members.has(address));
  add!.filter((address) => members.has(address)).forEach((address) => segment.add(address));
  remove!.forEach((address) => segment.delete(address));
  const errors = unknown.length > 0 ? [{email_addresses: unknown, error: "Email addresses do not exist"}] : [];
  return {status: 200, body: {members_added: [], members_removed: [], errors}};
}

function problem(status: number, detail: string): Reply {
  return {status, body: {type: "about:blank", title: "Problem", status, detail}};
}

test("people are added with the status given, and tagged", async () => {
  expect(await (await open()).health()).toBe("list Members");
  expect(await (await open()).deliver(batch(["A@Example.com ", {FNAME: "A", LNAME: null}]))).toEqual([]);
  expect([...members]).toEqual([["a@example.com", {status: "subscribed", merge_fields: {FNAME: "A"}}]]);
  expect([...segment]).toEqual(["a@example.com"]);
});

test("somebody who left the list is not put back on it, only their fields change", async () => {
  members.set("a@example.com", {status: "unsubscribed", merge_fields: {FNAME: "Old", LNAME: "X"}});
  await (await open()).deliver(batch(["a@example.com", {FNAME: "New", LNAME: null}, "update"]));
  expect(members.get("a@example.com")).toEqual({status: "unsubscribed", merge_fields: {FNAME: "New", LNAME: ""}});
});

test("an address that Mailchimp refuses stops nobody else", async () => {
  const refused = await (await open()).deliver(batch(["nobody"], ["b@example.com"]));
  expect(refused).toEqual([{row: 0, code: "ERROR_GENERIC", message: "nobody looks fake or invalid"}]);
  expect([...segment]).toEqual(["b@example.com"]);
});

test("with a tag, who leaves loses it; without one, they are archived", async () => {
  await (await open()).deliver(batch(["a@example.com"], ["b@example.com"]));
  await (await open()).deliver(batch(["a@example.com", {}, "remove"]));
  expect([...segment]).toEqual(["b@example.com"]);
  await (await open({})).deliver(batch(["b@example.com", {}, "remove"], ["gone@example.com", {}, "remove"]));
  expect(members.get("b@example.com")!.status).toBe("archived");
});

test("a key that names no data centre is said", async () => {
  const key = {kind: "mailchimp", list: "abc123", api_key_env: "MAILCHIMP_KEY"};
  await expect(openRows(key, {env: {MAILCHIMP_KEY: "0123456789abcdef"}})).rejects.toThrow("names no data centre");
});

test("what stands in for Mailchimp serves its own client", async () => {
  // The package has no types.
  const {default: client} = (await import("@mailchimp/mailchimp_marketing" as string)) as {default: MailchimpClient};
  client.setConfig({apiKey: env.MAILCHIMP_KEY, server: "us6"});
  client.lists.apiClient.basePath = `${mailchimp.url}/3.0`;
  expect((await client.ping.get()).health_status).toBe("Everything's Chimpy!");
  const body = {members: [{email_address: "c@example.com", status: "subscribed"}], update_existing: false};
  expect((await client.lists.batchListMembers("abc123", body)).error_count).toBe(0);
  await client.lists.batchSegmentMembers({members_to_add: ["c@example.com"], members_to_remove: []}, "abc123", "9");
  expect([...segment]).toEqual(["c@example.com"]);
});

survivesFaults(() => mailchimp, open, () => [[...members.entries()].sort(), [...segment].sort()]); // prettier-ignore
