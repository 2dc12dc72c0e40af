import {afterEach, beforeEach, expect, test} from "vitest";
import {batch, contract, openRows, standIn, type Reply, type Seen, type StandIn} from "./fixture.js";
import {survivesFaults} from "./faults.js";

const env = {KLAVIYO_KEY: "pk_0123456789abcdef0123456789abcdef01"};

interface Profile {
  id: string;
  attributes: Record<string, unknown>;
}
interface Job {
  asked: number;
  errors: object[];
}
let profiles: Map<string, Profile>;
let listed: Set<string>;
let jobs: Job[];
let klaviyo: StandIn;
beforeEach(async () => {
  profiles = new Map([["z@example.com", {id: "P-z@example.com", attributes: {}}]]);
  listed = new Set(["P-z@example.com"]);
  jobs = [];
  klaviyo = await standIn(answer);
});
afterEach(() => klaviyo.close());

const fields = {email: "email", FNAME: "name", first_name: "name"};
const open = () =>
  openRows({kind: "klaviyo", url: klaviyo.url, list: "Y6nRLr", api_key_env: "KLAVIYO_KEY", timeout_seconds: 1, fields}, {env}); // prettier-ignore

/** As documented at https://developers.klaviyo.com/en/reference (profiles, bulk import, lists). */
function answer({method, path, headers, query, body}: Seen): Reply {
  contract(headers.authorization === `Klaviyo-API-Key ${env.KLAVIYO_KEY}`, "a private key");
  contract(/^\d{4}-\d\d-\d\d$/.test(String(headers.revision)), "a revision");
  if (body !== undefined) contract(headers["content-type"] === "application/vnd.api+json" || headers["user-agent"]?.startsWith("klaviyo-api"), "JSON:API"); // prettier-ignore
  const rest = path.replace(/\/$/, "");
  if (method === "GET" && rest === "/api/lists/Y6nRLr") return {status: 200, body: {data: {type: "list", id: "Y6nRLr", attributes: {name: "Members"}}}}; // prettier-ignore
  if (method === "POST" && rest === "/api/profile-bulk-import-jobs") return importJob(body);
  const job = /^\/api\/profile-bulk-import-jobs\/(\d+)(\/import-errors)?$/.exec(rest);
  if (method === "GET" && job) return job[2] ? errorsOf(Number(job[1]), query) : state(Number(job[1]));
  if (method === "GET" && rest === "/api/profiles") {
    const wanted = /^any\(email,(\[.*\])\)$/.exec(query.get("filter") ?? "")?.[1];
    contract(wanted && Number(query.get("page[size]")) <= 100, "a filter, and a page of up to 100");
    const data = (JSON.parse(wanted) as string[]).filter((one) => profiles.has(one)).map((one) => ({type: "profile", ...profiles.get(one)!})); // prettier-ignore
    return {status: 200, body: {data, links: {next: null}}};
  }
  contract(method === "DELETE" && rest === "/api/lists/Y6nRLr/relationships/profiles", `no such resource: ${method} ${path}`); // prettier-ignore
  const {data} = body as {data: {type: string; id: string}[]};
  contract(data.length <= 1000 && data.every(({type}) => type === "profile"), "up to 1,000 profiles");
  data.forEach(({id}) => listed.delete(id));
  return {status: 204};
}

function importJob(body: unknown): Reply {
  const {data} = body as {
    data: {
      type: string;
      attributes: {profiles: {data: {type: string; attributes: Record<string, unknown> & {email: string}}[]}};
      relationships: {lists: {data: {type: string; id: string}[]}};
    };
  };
  contract(data.type === "profile-bulk-import-job", "the type");
  contract(data.relationships.lists.data[0]!.id === "Y6nRLr", "the list");
  const given = data.attributes.profiles.data;
  contract(given.length > 0 && given.length <= 10_000 && given.every(({type}) => type === "profile"), "up to 10,000");
  const known = ["email", "phone_number", "external_id", "first_name", "last_name", "properties"];
  contract(given.every(({attributes}) => Object.keys(attributes).every((name) => known.includes(name))), "attributes"); // prettier-ignore
  const errors: object[] = [];
  given.forEach(({attributes}, i) => {
    if (attributes.email.includes("@")) {
      profiles.set(attributes.email, {id: `P-${attributes.email}`, attributes});
      listed.add(`P-${attributes.email}`);
    } else {
      const source = i % 2 ? {pointer: `/data/attributes/profiles/data/${i}/attributes/email`} : {};
      errors.push({type: "import-error", id: String(i), attributes: {code: "invalid", title: "Invalid input.", detail: "Invalid email address", source, original_payload: attributes}}); // prettier-ignore
    }
  });
  jobs.push({asked: 0, errors});
  return {status: 202, body: {data: {type: "profile-bulk-import-job", id: String(jobs.length - 1), attributes: {status: "queued"}}}}; // prettier-ignore
}

function state(id: number): Reply {
  const job = jobs[id]!;
  const status = ["queued", "processing", "complete"][Math.min(2, job.asked++)];
  const attributes = {status, created_at: "2026-03-01T09:00:00Z", total_count: 1, failed_count: job.errors.length};
  return {status: 200, body: {data: {type: "profile-bulk-import-job", id: String(id), attributes}}};
}

// Two errors a page, so that paging is followed.
function errorsOf(id: number, query: URLSearchParams): Reply {
  const from = Number(query.get("page[cursor]") ?? 0);
  const next = from + 2 < jobs[id]!.errors.length ? `${klaviyo.url}/api/profile-bulk-import-jobs/${id}/import-errors?page%5Bcursor%5D=${from + 2}` : null; // prettier-ignore
  return {status: 200, body: {data: jobs[id]!.errors.slice(from, from + 2), links: {next}}};
}

test("profiles are imported onto the list, own fields as properties, and the job is waited for", async () => {
  expect(await (await open()).health()).toBe("list Members");
  expect(await (await open()).deliver(batch(["a@example.com", {FNAME: "A", first_name: "B"}]))).toEqual([]);
  expect(profiles.get("a@example.com")!.attributes).toEqual({
    email: "a@example.com",
    first_name: "B",
    properties: {FNAME: "A"}
  });
  expect(jobs[0]!.asked).toBe(3);
});

test("those refused are read page by page, by where the error points or what it brings", async () => {
  const people = Array.from({length: 7}, (_, i) => [i === 3 ? "d@example.com" : `nobody${i}`] as [string]);
  const refused = await (await open()).deliver(batch(...people));
  expect(refused.map(({row}) => row)).toEqual([0, 1, 2, 4, 5, 6]);
  expect(refused[0]).toMatchObject({code: "invalid", message: "Invalid email address"});
});

test("who leaves is taken off the list, and stays a profile", async () => {
  await (await open()).deliver(batch(["z@example.com", {}, "remove"], ["unknown@example.com", {}, "remove"]));
  expect([listed.size, profiles.size]).toEqual([0, 1]);
});

test("what stands in for Klaviyo serves its own client", async () => {
  const {ApiKeySession, ListsApi, ProfilesApi} = await import("klaviyo-api");
  const session = new ApiKeySession(env.KLAVIYO_KEY);
  const [lists, api] = [new ListsApi(session), new ProfilesApi(session)];
  for (const one of [lists, api]) (one as unknown as {basePath: string}).basePath = klaviyo.url;
  expect((await lists.getList("Y6nRLr", {})).body.data.attributes.name).toBe("Members");
  const made = await api.bulkImportProfiles({
    data: {
      type: "profile-bulk-import-job",
      attributes: {profiles: {data: [{type: "profile", attributes: {email: "c@example.com"}}]}},
      relationships: {lists: {data: [{type: "list", id: "Y6nRLr"}]}}
    }
  });
  expect(made.body.data.id).toBe("0");
  await lists.removeProfilesFromList("Y6nRLr", {data: [{type: "profile", id: "P-c@example.com"}]});
  expect(listed.has("P-c@example.com")).toBe(false);
});

survivesFaults(() => klaviyo, open, () => [[...profiles].sort(), [...listed].sort()]); // prettier-ignore
