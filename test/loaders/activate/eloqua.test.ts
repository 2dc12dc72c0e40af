import {afterEach, beforeEach, expect, test} from "vitest";
import {batch, contract, openRows, standIn, testClock, type Reply, type Seen, type StandIn} from "./fixture.js";
import {survivesFaults} from "./faults.js";

const env = {
  ELOQUA_PASSWORD: "correct horse battery",
  ELOQUA_APP: "app-0123456789",
  ELOQUA_SECRET: "secret-of-the-app"
};
const basic = `Basic ${Buffer.from(`Acme\\ada:${env.ELOQUA_PASSWORD}`).toString("base64")}`;

interface Definition {
  fields: Record<string, string>;
  identifierFieldName: string;
  syncActions: {action: string; destination: string}[];
  rows: Record<string, string>[];
  isImport: boolean;
}
let contacts: Map<string, Record<string, string>>;
let listed: Set<string>;
let definitions: Definition[];
let syncs: {asked: number; rejects: object[]}[];
let tokens: number;
let authorized: string;
let eloqua: StandIn;
beforeEach(async () => {
  contacts = new Map([["z@example.com", {}]]);
  listed = new Set(["z@example.com"]);
  [definitions, syncs, tokens, authorized] = [[], [], 0, basic];
  eloqua = await standIn(answer);
});
afterEach(() => eloqua.close());

const fields = {email: "email", FNAME: "name", C_FirstName: "name"};
const open = (more: object = {}, clock = testClock()) =>
  openRows(
    {kind: "eloqua", login_url: eloqua.url, list: 7, company: "Acme", user: "ada", password_env: "ELOQUA_PASSWORD", timeout_seconds: 1, fields, ...more}, // prettier-ignore
    {env, clock}
  );

/** As documented at https://docs.oracle.com/en/cloud/saas/marketing/eloqua-develop (Bulk API 2.0, authentication). */
function answer({method, path, headers, query, body}: Seen): Reply {
  if (path === "/auth/oauth2/token") return token(headers.authorization, body);
  if (headers.authorization !== authorized) return {status: 401, body: "Not authenticated."};
  if (method === "GET" && path === "/id") return {status: 200, body: {site: {name: "Acme"}, urls: {apis: {rest: {bulk: `${eloqua.url}/API/Bulk/{version}/`}}}}}; // prettier-ignore
  contract(path.startsWith("/API/Bulk/2.0/"), "Bulk API 2.0");
  const rest = path.slice("/API/Bulk/2.0".length);
  if (method === "GET" && rest === "/contacts/lists") return {status: 200, body: {items: [{name: "Members", uri: "/contacts/lists/7"}]}}; // prettier-ignore
  if (method === "POST" && (rest === "/contacts/imports" || rest === "/contacts/syncActions")) return define(rest, body); // prettier-ignore
  const data = /^\/contacts\/(imports|syncActions)\/(\d+)\/data$/.exec(rest)?.[2];
  if (method === "POST" && data) {
    contract(Array.isArray(body), "a list of records");
    const {fields} = definitions[Number(data)]!;
    contract((body as object[]).every((row) => Object.keys(row).every((name) => name in fields)), "fields of the definition"); // prettier-ignore
    definitions[Number(data)]!.rows.push(...(body as Record<string, string>[]));
    return {status: 204};
  }
  if (method === "POST" && rest === "/syncs") return start((body as {syncedInstanceUri: string}).syncedInstanceUri);
  const sync = /^\/syncs\/(\d+)(\/rejects)?$/.exec(rest);
  contract(method === "GET" && sync, `no such resource: ${method} ${rest}`);
  const {rejects} = syncs[Number(sync[1])]!;
  if (!sync[2]) {
    const status = ["pending", "active", rejects.length > 0 ? "warning" : "success"][Math.min(2, syncs[Number(sync[1])]!.asked++)]; // prettier-ignore
    return {status: 200, body: {uri: `/syncs/${sync[1]}`, status}};
  }
  // Pages are smaller than asked for, as the server may make them: hasMore says.
  const [offset, limit] = [Number(query.get("offset")), Number(query.get("limit"))];
  contract(limit >= 1 && limit <= 1000, "a page of up to 1,000");
  const items = rejects.slice(offset, offset + limit);
  return {status: 200, body: {items, hasMore: offset + limit < rejects.length, totalResults: rejects.length, limit, offset, count: items.length}}; // prettier-ignore
}

function token(authorization: string | undefined, body: unknown): Reply {
  const app = Buffer.from(`${env.ELOQUA_APP}:${env.ELOQUA_SECRET}`).toString("base64");
  contract(authorization === `Basic ${app}`, "the app's id and secret");
  const {grant_type, scope, username, password} = body as Record<string, string>;
  contract(grant_type === "password" && scope === "full" && username === "Acme\\ada", "the password grant");
  if (password !== env.ELOQUA_PASSWORD) return {status: 400, body: {error: "invalid_grant"}};
  authorized = `Bearer token-${++tokens}`;
  return {status: 200, body: {access_token: `token-${tokens}`, expires_in: 28800, token_type: "bearer"}};
}

function define(kind: string, body: unknown): Reply {
  const definition = body as Definition;
  contract(Object.keys(definition.fields).length <= 100, "up to 100 fields");
  contract(Object.values(definition.fields).every((field) => /^\{\{Contact\.Field\([A-Za-z_]+\)\}\}$/.test(field)), "field statements"); // prettier-ignore
  contract(definition.identifierFieldName in definition.fields, "the identifier among the fields");
  const {action, destination} = definition.syncActions[0]!;
  contract(destination === "{{ContactList[7]}}" && ["add", "remove"].includes(action), "a sync action");
  definitions.push({...definition, rows: [], isImport: kind.endsWith("imports")});
  return {status: 201, body: {...definition, uri: `${kind}/${definitions.length - 1}`}};
}

function start(uri: string): Reply {
  const {rows, isImport, syncActions} = definitions[Number(uri.split("/").at(-1))]!;
  const rejects: object[] = [];
  for (const row of rows) {
    const address = row.C_EmailAddress!;
    if (!address.includes("@")) {
      rejects.push({fieldValues: row, message: "Invalid email address.", statusCode: "ELQ-00002", invalidFields: ["C_EmailAddress"], recordIndex: 1}); // prettier-ignore
      continue;
    }
    if (isImport) contacts.set(address, {...contacts.get(address), ...row});
    if (syncActions[0]!.action === "add") listed.add(address);
    else listed.delete(address);
  }
  syncs.push({asked: 0, rejects});
  return {status: 201, body: {syncedInstanceUri: uri, status: "pending", uri: `/syncs/${syncs.length - 1}`}};
}

test("a batch is defined, uploaded and synced, and the sync is waited for", async () => {
  expect(await (await open()).health()).toBe("list Members");
  expect(await (await open()).deliver(batch(["a@example.com", {C_FirstName: "A"}]))).toEqual([]);
  expect(contacts.get("a@example.com")).toEqual({C_EmailAddress: "a@example.com", C_FirstName: "A"});
  expect(listed.has("a@example.com")).toBe(true);
  expect(syncs.map(({asked}) => asked)).toEqual([3]);
});

test("rejected records are read to the last page", async () => {
  const people = Array.from({length: 1203}, (_, i) => [i === 5 ? "f@example.com" : `nobody${i}`] as [string]);
  const refused = await (await open()).deliver(batch(...people));
  expect(refused.length).toBe(1202);
  expect(refused[5]).toEqual({row: 6, code: "ELQ-00002", message: "Invalid email address.: C_EmailAddress"});
});

test("who leaves is taken off the list by a sync action, and nobody is made by it", async () => {
  await (await open()).deliver(batch(["z@example.com", {}, "remove"], ["unknown@example.com", {}, "remove"]));
  expect([listed.size, contacts.size]).toEqual([0, 1]);
  expect(definitions.map(({isImport}) => isImport)).toEqual([false]);
});

test("an app asks for a token, and for another one when it has run out", async () => {
  const destination = await open({client_id_env: "ELOQUA_APP", client_secret_env: "ELOQUA_SECRET"});
  await destination.deliver(batch(["a@example.com"]));
  expect(tokens).toBe(1);
  authorized = "Bearer of somebody else";
  await destination.deliver(batch(["b@example.com"]));
  expect(tokens).toBe(2);
  expect(listed.has("b@example.com")).toBe(true);
});

test("a wrong password is final, with and without an app", async () => {
  const wrong = {...env, ELOQUA_PASSWORD: "wrong"};
  const app = {client_id_env: "ELOQUA_APP", client_secret_env: "ELOQUA_SECRET"};
  for (const more of [{}, app]) {
    const definition = {kind: "eloqua", login_url: eloqua.url, list: 7, company: "Acme", user: "ada", password_env: "ELOQUA_PASSWORD", fields, ...more}; // prettier-ignore
    const error = await (await openRows(definition, {env: wrong})).deliver(batch(["a@example.com"])).catch((e: Error) => e); // prettier-ignore
    expect(error).toMatchObject({failure: "unsent", isFinal: true});
    expect(String(error)).not.toContain("wrong");
  }
  expect(eloqua.seen.length).toBe(2);
});

survivesFaults(() => eloqua, open, () => [[...contacts].sort(), [...listed].sort()]); // prettier-ignore
