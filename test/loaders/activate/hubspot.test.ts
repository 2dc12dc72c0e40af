import {afterEach, beforeEach, expect, test} from "vitest";
import {batch, contract, openRows, standIn, type Reply, type Seen, type StandIn} from "./fixture.js";
import {survivesFaults} from "./faults.js";

const env = {HUBSPOT_TOKEN: "pat-eu1-01234567-89ab-cdef-0123-456789abcdef"};

let contacts: Map<string, {id: string; properties: Record<string, string>}>;
let listed: Set<string>;
let hubspot: StandIn;
beforeEach(async () => {
  contacts = new Map([["z@example.com", {id: "99", properties: {}}]]);
  listed = new Set(["99"]);
  hubspot = await standIn(answer);
});
afterEach(() => hubspot.close());

const open = () =>
  openRows({kind: "hubspot", url: hubspot.url, list: "42", access_token_env: "HUBSPOT_TOKEN", timeout_seconds: 1}, {env}); // prettier-ignore

const times = {createdAt: "2026-03-01T09:00:00Z", updatedAt: "2026-03-01T09:00:00Z", archived: false};

/** As documented at https://developers.hubspot.com/docs/api-reference (CRM contacts v3, lists v3). */
function answer({method, path, headers, body}: Seen): Reply {
  contract(headers.authorization === `Bearer ${env.HUBSPOT_TOKEN}`, "a bearer token");
  if (method === "GET" && path === "/crm/v3/lists/42") return {status: 200, body: {list: {listId: "42", name: "Members", processingType: "MANUAL"}}}; // prettier-ignore
  if (method === "POST" && path === "/crm/v3/objects/contacts/batch/upsert") return upsert(body);
  if (method === "POST" && path === "/crm/v3/objects/contacts/batch/read") {
    const {inputs, idProperty, properties} = body as {inputs: {id: string}[]; idProperty: string; properties: string[]};
    contract(idProperty === "email" && Array.isArray(properties) && inputs.length <= 100, "up to 100, by email");
    const found = inputs.filter(({id}) => contacts.has(id)).map(({id}) => ({...contacts.get(id)!, ...times}));
    return {status: 200, body: {status: "COMPLETE", results: found, startedAt: times.createdAt, completedAt: times.createdAt}}; // prettier-ignore
  }
  contract(method === "PUT" && path === "/crm/v3/lists/42/memberships/add-and-remove", `no such resource: ${method} ${path}`); // prettier-ignore
  const {recordIdsToAdd: add, recordIdsToRemove: remove} = body as Record<string, string[]>;
  contract(Array.isArray(add) && Array.isArray(remove), "both lists");
  add.forEach((id) => listed.add(id));
  remove.forEach((id) => listed.delete(id));
  return {status: 200, body: {recordsIdsAdded: add, recordIdsRemoved: remove, recordIdsMissing: []}};
}

function upsert(body: unknown): Reply {
  const {inputs} = body as {inputs: {id: string; idProperty: string; objectWriteTraceId?: string; properties: Record<string, string>}[]}; // prettier-ignore
  contract(inputs.length > 0 && inputs.length <= 100, "up to 100 objects");
  contract(inputs.every(({idProperty}) => idProperty === "email"), "by email"); // prettier-ignore
  contract(inputs.every(({properties}) => Object.values(properties).every((v) => typeof v === "string")), "texts"); // prettier-ignore
  if (inputs.some(({id}) => !id.includes("@"))) return {status: 400, body: {status: "error", message: "Property values were not valid", category: "VALIDATION_ERROR"}}; // prettier-ignore
  const bad = inputs.filter(({id}) => id.endsWith("@invalid.example"));
  const good = inputs.filter((input) => !bad.includes(input));
  for (const {id, properties} of good) {
    const known = contacts.get(id);
    contacts.set(id, {id: known?.id ?? String(contacts.size + 100), properties: {...known?.properties, ...properties}});
  }
  const results = good.map(({id}) => ({...contacts.get(id)!, ...times, new: true}));
  const errors = bad.map(({objectWriteTraceId}) => ({
    status: "error",
    category: "VALIDATION_ERROR",
    message: "the domain takes no mail",
    context: {objectWriteTraceId: [objectWriteTraceId]},
    links: {},
    errors: []
  }));
  const base = {status: "COMPLETE", results, startedAt: times.createdAt, completedAt: times.createdAt};
  return bad.length > 0 ? {status: 207, body: {...base, numErrors: bad.length, errors}} : {status: 200, body: base};
}

test("contacts are made or changed by their address, and put on the list", async () => {
  expect(await (await open()).health()).toBe("list Members");
  expect(await (await open()).deliver(batch(["a@example.com", {FNAME: "A", age: 7}]))).toEqual([]);
  expect(contacts.get("a@example.com")!.properties).toEqual({email: "a@example.com", FNAME: "A", age: "7"});
  expect(listed.has(contacts.get("a@example.com")!.id)).toBe(true);
});

test("an update clears what has become empty", async () => {
  await (await open()).deliver(batch(["a@example.com", {FNAME: "A"}]));
  await (await open()).deliver(batch(["a@example.com", {FNAME: null}, "update"]));
  expect(contacts.get("a@example.com")!.properties.FNAME).toBe("");
});

test("those refused among others are told from the answer with several states", async () => {
  const refused = await (await open()).deliver(batch(["a@example.com"], ["x@invalid.example"], ["c@example.com"]));
  expect(refused).toEqual([{row: 1, code: "VALIDATION_ERROR", message: "the domain takes no mail"}]);
  expect(listed.size).toBe(3);
});

test("one for whom all are refused is found by halves", async () => {
  const refused = await (await open()).deliver(batch(["a@example.com"], ["b@example.com"], ["nobody"]));
  expect(refused.map(({row, code}) => [row, code])).toEqual([[2, "400"]]);
  expect(contacts.size).toBe(3);
});

test("who leaves is taken off the list, and stays a contact", async () => {
  await (await open()).deliver(batch(["z@example.com", {}, "remove"], ["unknown@example.com", {}, "remove"]));
  expect([listed.size, contacts.size]).toEqual([0, 1]);
});

test("what stands in for HubSpot serves its own client", async () => {
  const {Client} = await import("@hubspot/api-client");
  const client = new Client({accessToken: env.HUBSPOT_TOKEN, basePath: hubspot.url});
  const made = await client.crm.contacts.batchApi.upsert({
    inputs: [{id: "c@example.com", idProperty: "email", properties: {email: "c@example.com"}}]
  });
  expect(made.results[0]!.id).toBe(contacts.get("c@example.com")!.id);
  const changed = await client.crm.lists.membershipsApi.addAndRemove("42", {recordIdsToAdd: [made.results[0]!.id], recordIdsToRemove: []}); // prettier-ignore
  expect(changed.recordsIdsAdded).toEqual([made.results[0]!.id]);
});

survivesFaults(() => hubspot, open, () => [[...contacts].sort(), [...listed].sort()]); // prettier-ignore
