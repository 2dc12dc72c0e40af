import {httpClient, type Client} from "../client/client.js";
import type {OpenContext} from "../client/context.js";
import {byAction, chunks, email, otherFields, splitRefused} from "../client/split.js";
import {DeliveryError, type Refusal, type Row, type RowDestination} from "../destination.js";

type Placed = Row & {row: number};
interface Resource<A> {
  data?: {id: string; attributes?: A};
}
interface ImportError {
  attributes: {
    code: string;
    title: string;
    detail: string;
    source?: {pointer?: string};
    original_payload?: object | null;
  };
}
interface Page<T> {
  data?: T[];
  links?: {next?: string | null};
}

// 10,000 profiles or 5 MB a job, 10 requests a second and 150 a minute:
// https://developers.klaviyo.com/en/reference/bulk_import_profiles
const batchSize = 5_000;
const revision = "2025-10-15";
const searched = 100;
const removed = 1_000;
const known = new Set([
  "phone_number",
  "external_id",
  "first_name",
  "last_name",
  "organization",
  "locale",
  "title",
  "image",
  "location"
]);

/** A list of Klaviyo's: profiles by its bulk import, removals from the list by its relationships. */
export function openKlaviyo(context: OpenContext<"klaviyo">): RowDestination {
  const {definition, secrets} = context;
  const client = httpClient(context, {
    base: `${definition.url}/api`,
    limits: {rate: {requests: 150, perSeconds: 60}, concurrency: 3},
    authorize: () => ({
      authorization: `Klaviyo-API-Key ${secrets.get("api_key")}`,
      revision,
      accept: "application/vnd.api+json"
    }),
    explain: (body) => (body as {errors?: {detail?: string}[]} | undefined)?.errors?.[0]?.detail
  });
  return {
    kind: "klaviyo",
    takes: "rows",
    idempotent: true,
    batchSize,
    concurrency: client.concurrency,
    actions: ["add", "update", "remove"],
    async health() {
      const {body} = await client.request<Resource<{name?: string}>>({
        method: "GET",
        path: `/lists/${definition.list}`
      });
      return `list ${body?.data?.attributes?.name ?? definition.list}`;
    },
    async deliver({rows}) {
      const {present, gone} = byAction(rows);
      const refused = await splitRefused(present, (some) => importProfiles(client, definition.list, some));
      await remove(client, definition.list, gone);
      return refused;
    },
    async close() {}
  };
}

async function importProfiles(client: Client, list: string, rows: Placed[]): Promise<Refusal[]> {
  const {body} = await client.request<Resource<unknown>>({
    method: "POST",
    path: "/profile-bulk-import-jobs",
    ...jsonApi({
      data: {
        type: "profile-bulk-import-job",
        attributes: {profiles: {data: rows.map(profile)}},
        relationships: {lists: {data: [{type: "list", id: list}]}}
      }
    })
  });
  const id = body?.data?.id;
  if (id === undefined) throw new DeliveryError("half an answer: it names no job", "unknown", "half");
  const path = `/profile-bulk-import-jobs/${encodeURIComponent(id)}`;
  const job = await client.poll<Resource<{status: string; failed_count?: number | null}>>(
    {method: "GET", path},
    ({data}) => data?.attributes?.status === "complete" || data?.attributes?.status === "cancelled"
  );
  if (job.data!.attributes!.status === "cancelled") throw new DeliveryError(`job ${id} was cancelled`, "unknown", "cancelled"); // prettier-ignore
  return job.data!.attributes!.failed_count ? await importErrors(client, path, rows) : [];
}

async function importErrors(client: Client, job: string, rows: Placed[]): Promise<Refusal[]> {
  const places = new Map(rows.map((row, i) => [email(row), i]));
  const refused = new Map<number, Refusal>();
  for (let path: string | null | undefined = `${job}/import-errors`; path;) {
    const {body}: {body: Page<ImportError>} = await client.request({method: "GET", path});
    for (const {attributes} of body?.data ?? []) {
      const row = placeOf(attributes, places);
      if (row !== undefined) refused.set(row, {row, code: attributes.code, message: attributes.detail});
    }
    path = body?.links?.next;
  }
  return [...refused.values()];
}

// An error points into the request, or brings the profile with it.
function placeOf(
  {source, original_payload}: ImportError["attributes"],
  places: Map<string, number>
): number | undefined {
  // prettier-ignore
  const pointed = /profiles\/data\/(\d+)/.exec(source?.pointer ?? "")?.[1];
  if (pointed !== undefined) return Number(pointed);
  const payload = original_payload as {email?: string; attributes?: {email?: string}} | null | undefined;
  return places.get((payload?.email ?? payload?.attributes?.email ?? "").toLowerCase());
}

function profile(row: Row): object {
  const other = otherFields(row);
  return {
    type: "profile",
    attributes: {
      email: email(row),
      ...Object.fromEntries(other.filter(([name]) => known.has(name))),
      properties: Object.fromEntries(other.filter(([name]) => !known.has(name)))
    }
  };
}

async function remove(client: Client, list: string, rows: Placed[]): Promise<void> {
  const ids: string[] = [];
  for (const some of chunks(rows.map(email), searched)) {
    const filter = `any(email,[${some.map((address) => JSON.stringify(address)).join(",")}])`;
    const {body} = await client.request<Page<{id: string}>>({
      method: "GET",
      path: "/profiles",
      query: {filter, "fields[profile]": "email", "page[size]": String(searched)}
    });
    ids.push(...(body?.data ?? []).map(({id}) => id));
  }
  for (const some of chunks(ids, removed)) {
    await client.request({
      method: "DELETE",
      path: `/lists/${list}/relationships/profiles`,
      ...jsonApi({data: some.map((id) => ({type: "profile", id}))})
    });
  }
}

function jsonApi(body: object) {
  return {text: JSON.stringify(body), headers: {"content-type": "application/vnd.api+json"}};
}
