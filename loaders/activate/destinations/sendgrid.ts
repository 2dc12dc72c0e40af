import {httpClient, type Client} from "../client/client.js";
import type {OpenContext} from "../client/context.js";
import {byAction, chunks, email, otherFields, splitRefused} from "../client/split.js";
import {DeliveryError, type Refusal, type Row, type RowDestination} from "../destination.js";

type Placed = Row & {row: number};
interface FieldDefinitions {
  custom_fields?: {id: string; name: string}[];
  reserved_fields?: {id: string; name: string; read_only?: boolean}[];
}
interface Job {
  status: "pending" | "completed" | "errored" | "failed";
  results?: {errored_count?: number};
}

// 30,000 contacts or 6 MB a request, and three requests in two seconds:
// https://www.twilio.com/docs/sendgrid/api-reference/contacts/add-or-update-a-contact
const batchSize = 5_000;
const searched = 100;

/** A contact list of SendGrid's Marketing Campaigns: API v3. */
export function openSendgrid(context: OpenContext<"sendgrid">): RowDestination {
  const {definition, secrets} = context;
  const client = httpClient(context, {
    base: `${definition.url}/v3/marketing`,
    limits: {rate: {requests: 3, perSeconds: 2}, concurrency: 2},
    authorize: () => ({authorization: `Bearer ${secrets.get("api_key")}`}),
    explain: (body) => (body as {errors?: {message?: string}[]} | undefined)?.errors?.[0]?.message
  });
  let names: Promise<Names> | undefined;
  return {
    kind: "sendgrid",
    takes: "rows",
    idempotent: true,
    batchSize,
    concurrency: client.concurrency,
    actions: ["add", "update", "remove"],
    async health() {
      const {body} = await client.request<{name?: string}>({method: "GET", path: `/lists/${definition.list}`});
      return `list ${body?.name ?? definition.list}`;
    },
    async deliver({rows}) {
      const {present, gone} = byAction(rows);
      names ??= fieldNames(client, Object.keys(definition.fields));
      const known = await names.catch((error: unknown) => {
        names = undefined;
        throw error;
      });
      const refused = await splitRefused(present, (some) => upsert(client, definition.list, some, known));
      await remove(client, definition.list, gone);
      return refused;
    },
    async close() {}
  };
}

/** What each of our fields is called in a contact: a reserved name, or a custom field's id. */
interface Names {
  reserved: Set<string>;
  custom: Map<string, string>;
}

async function fieldNames(client: Client, fields: string[]): Promise<Names> {
  const {body} = await client.request<FieldDefinitions>({method: "GET", path: "/field_definitions"});
  const reserved = new Set((body?.reserved_fields ?? []).filter((f) => f.read_only !== true).map(({name}) => name));
  const custom = new Map((body?.custom_fields ?? []).map(({id, name}) => [name, id]));
  const unknown = fields.filter((name) => name !== "email" && !reserved.has(name) && !custom.has(name));
  if (unknown.length === 0) return {reserved, custom};
  throw new DeliveryError(
    `the account has no field ${unknown.join(", ")}: make it there first`,
    "unsent",
    "field",
    true
  );
}

async function upsert(client: Client, list: string, rows: Placed[], names: Names): Promise<Refusal[]> {
  const {body} = await client.request<{job_id?: string}>({
    method: "PUT",
    path: "/contacts",
    json: {list_ids: [list], contacts: rows.map((row) => contact(row, names))}
  });
  if (!body?.job_id) throw new DeliveryError("half an answer: it names no job", "unknown", "half");
  const job = await client.poll<Job>(
    {method: "GET", path: `/contacts/imports/${encodeURIComponent(body.job_id)}`},
    ({status}) => status !== "pending"
  );
  if (job.status === "failed") throw new DeliveryError(`job ${body.job_id} failed`, "unknown", "failed");
  if (job.status === "completed" && !job.results?.errored_count) return [];
  // A job counts what it refused without saying whom: those that are not there afterwards.
  const there = await contactIds(client, rows);
  return rows.flatMap((row, i) =>
    there.has(email(row)) ? [] : [{row: i, code: "errored", message: `refused by job ${body.job_id}`}]
  );
}

function contact(row: Row, {reserved, custom}: Names): object {
  const other = otherFields(row);
  return {
    email: email(row),
    ...Object.fromEntries(other.filter(([name]) => reserved.has(name))),
    custom_fields: Object.fromEntries(
      other.filter(([name]) => !reserved.has(name)).map(([name, value]) => [custom.get(name)!, plain(value)])
    )
  };
}

// Custom fields are texts, numbers or dates.
function plain(value: unknown): unknown {
  return typeof value === "boolean" || typeof value === "object" ? JSON.stringify(value) : value;
}

async function remove(client: Client, list: string, rows: Placed[]): Promise<void> {
  const ids = [...(await contactIds(client, rows)).values()];
  for (const some of chunks(ids, searched)) {
    await client.request({
      method: "DELETE",
      path: `/lists/${list}/contacts`,
      query: {contact_ids: some.join(",")}
    });
  }
}

async function contactIds(client: Client, rows: Placed[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const some of chunks(rows.map(email), searched)) {
    const {status, body} = await client.request<{result?: Record<string, {contact?: {id: string}}>}>({
      method: "POST",
      path: "/contacts/search/emails",
      json: {emails: some},
      accept: [404]
    });
    if (status === 404) continue;
    for (const [address, {contact: found}] of Object.entries(body?.result ?? {})) {
      if (found) ids.set(address.toLowerCase(), found.id);
    }
  }
  return ids;
}
