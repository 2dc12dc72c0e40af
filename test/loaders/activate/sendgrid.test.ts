import client from "@sendgrid/client";
import {randomUUID} from "node:crypto";
import {afterEach, beforeEach, expect, test} from "vitest";
import {batch, contract, openRows, standIn, type Reply, type Seen, type StandIn} from "./fixture.js";
import {survivesFaults} from "./faults.js";

const env = {SENDGRID_KEY: "SG.0123456789.abcdefghijklmnopqrstuvwxyz"};
const list = "1b2c3d4e-5f60-4711-8899-aabbccddeeff";

let contacts: Map<string, {id: string; fields: Record<string, unknown>}>;
let listed: Set<string>;
let jobs: Map<string, {asked: number; errored: number}>;
let sendgrid: StandIn;
beforeEach(async () => {
  contacts = new Map([["z@example.com", {id: "id-of-z@example.com", fields: {}}]]);
  listed = new Set(["id-of-z@example.com"]);
  jobs = new Map();
  sendgrid = await standIn(answer);
});
afterEach(() => sendgrid.close());

const fields = {email: "email", FNAME: "name", first_name: "name"};
const open = (more: object = {}) =>
  openRows({kind: "sendgrid", url: sendgrid.url, list, api_key_env: "SENDGRID_KEY", timeout_seconds: 1, fields, ...more}, {env}); // prettier-ignore

/** As documented at https://www.twilio.com/docs/sendgrid/api-reference (contacts, lists, custom fields). */
function answer({method, path, headers, query, body}: Seen): Reply {
  contract(headers.authorization === `Bearer ${env.SENDGRID_KEY}`, "a bearer token");
  contract(path.startsWith("/v3/marketing/"), "version 3, marketing");
  const rest = path.slice("/v3/marketing".length);
  if (method === "GET" && rest === `/lists/${list}`) return {status: 200, body: {id: list, name: "Members"}};
  if (method === "GET" && rest === "/field_definitions") {
    const reserved_fields = [{id: "_rf2_T", name: "first_name", field_type: "Text"}];
    return {status: 200, body: {custom_fields: [{id: "e1_T", name: "FNAME", field_type: "Text"}], reserved_fields}};
  }
  if (method === "PUT" && rest === "/contacts") return upsert(body);
  const job = /^\/contacts\/imports\/(.+)$/.exec(rest)?.[1];
  if (method === "GET" && job) {
    const found = jobs.get(job);
    contract(found, "a job that there is");
    if (++found.asked === 1) return {status: 200, body: {id: job, status: "pending", results: {}}};
    const results = {errored_count: found.errored, errors_url: found.errored ? "https://example.com/errors" : ""};
    return {status: 200, body: {id: job, status: found.errored ? "errored" : "completed", results}};
  }
  if (method === "POST" && rest === "/contacts/search/emails") {
    const {emails} = body as {emails: string[]};
    contract(Array.isArray(emails) && emails.length > 0 && emails.length <= 100, "1 to 100 addresses");
    const result = Object.fromEntries(
      emails.map((one) => [one, contacts.has(one) ? {contact: {id: contacts.get(one)!.id, email: one}} : {error: "contact not found"}]) // prettier-ignore
    );
    return emails.some((one) => contacts.has(one)) ? {status: 200, body: {result}} : {status: 404, body: {errors: [{message: "not found"}]}}; // prettier-ignore
  }
  contract(method === "DELETE" && rest === `/lists/${list}/contacts`, `no such resource: ${method} ${rest}`);
  const ids = query.get("contact_ids")!.split(",");
  contract(ids.length > 0 && ids.every(Boolean), "contact_ids");
  ids.forEach((id) => listed.delete(id));
  return {status: 202, body: {job_id: randomUUID()}};
}

function upsert(body: unknown): Reply {
  const given = body as {list_ids: string[]; contacts: ({email: string; custom_fields: object} & Record<string, unknown>)[]}; // prettier-ignore
  contract(given.contacts.length > 0 && given.contacts.length <= 30_000, "up to 30,000 contacts");
  contract(given.list_ids.every((id) => id === list), "lists that there are"); // prettier-ignore
  let errored = 0;
  for (const {email, custom_fields, ...reserved} of given.contacts) {
    contract(Object.keys(reserved).every((name) => name === "first_name"), "reserved fields by name"); // prettier-ignore
    contract(Object.keys(custom_fields).every((id) => id === "e1_T"), "custom fields by id"); // prettier-ignore
    if (/ /.test(email)) return {status: 400, body: {errors: [{field: "contacts", message: "email is invalid"}]}};
    if (!email.includes("@")) ++errored;
    else {
      contacts.set(email, {id: `id-of-${email}`, fields: {...custom_fields, ...reserved}});
      listed.add(`id-of-${email}`);
    }
  }
  const id = randomUUID();
  jobs.set(id, {asked: 0, errored});
  return {status: 202, body: {job_id: id}};
}

test("people are put on the list, custom fields by their ids, and the job is waited for", async () => {
  expect(await (await open()).health()).toBe("list Members");
  expect(await (await open()).deliver(batch(["a@example.com", {FNAME: "A", first_name: "B"}]))).toEqual([]);
  expect(contacts.get("a@example.com")!.fields).toEqual({e1_T: "A", first_name: "B"});
  expect(listed.has("id-of-a@example.com")).toBe(true);
  expect([...jobs.values()].map(({asked}) => asked)).toEqual([2]);
});

test("of a job with errors, those who are not there afterwards are refused", async () => {
  const refused = await (await open()).deliver(batch(["a@example.com"], ["nobody"]));
  expect(refused.map(({row, code}) => [row, code])).toEqual([[1, "errored"]]);
});

test("an address for which all are refused is found by halves", async () => {
  const refused = await (
    await open()
  ).deliver(
    batch(["a@example.com"], ["b@example.com"], ["has blank@example.com"], ["d@example.com"], ["e@example.com"])
  );
  expect(refused.map(({row, code, message}) => [row, code, message])).toEqual([
    [2, "400", "PUT /contacts: 400 email is invalid"]
  ]);
  expect(contacts.size).toBe(5);
});

test("who leaves is taken off the list, and stays a contact", async () => {
  await (await open()).deliver(batch(["z@example.com", {}, "remove"], ["unknown@example.com", {}, "remove"]));
  expect(listed.size).toBe(0);
  expect(contacts.size).toBe(1);
});

test("a field that the account does not have is said before anything is sent", async () => {
  const destination = await open({fields: {email: "email", Tier: "tier"}});
  await expect(destination.deliver(batch(["a@example.com"]))).rejects.toThrow("the account has no field Tier");
  expect(contacts.size).toBe(1);
});

test("what stands in for SendGrid serves its own client", async () => {
  client.setApiKey(env.SENDGRID_KEY);
  client.setDefaultRequest("baseUrl", `${sendgrid.url}/`);
  const contacts = [{email: "c@example.com", custom_fields: {}}];
  const [{statusCode, body}] = await client.request({method: "PUT", url: "/v3/marketing/contacts", body: {list_ids: [list], contacts}}); // prettier-ignore
  expect(statusCode).toBe(202);
  expect((body as {job_id: string}).job_id).toMatch(/-/);
});

survivesFaults(() => sendgrid, open, () => [[...contacts].sort(), [...listed].sort()]); // prettier-ignore
