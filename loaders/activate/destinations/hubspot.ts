import {httpClient, type Client} from "../client/client.js";
import type {OpenContext} from "../client/context.js";
import {byAction, email, otherFields, splitRefused} from "../client/split.js";
import {DeliveryError, type Refusal, type Row, type RowDestination} from "../destination.js";

type Placed = Row & {row: number};
interface BatchAnswer {
  results?: {id: string; properties?: Record<string, string>; objectWriteTraceId?: string}[];
  errors?: {category: string; message: string; context?: Record<string, string[]>}[];
}

// A hundred objects a batch, a hundred requests in ten seconds: https://developers.hubspot.com/docs/api/usage-details
const batchSize = 100;

/** A static list of HubSpot's: its contacts by CRM API v3, the membership by the lists API. */
export function openHubspot(context: OpenContext<"hubspot">): RowDestination {
  const {definition, secrets} = context;
  const client = httpClient(context, {
    base: `${definition.url}/crm/v3`,
    limits: {rate: {requests: 100, perSeconds: 10}, concurrency: 4},
    authorize: () => ({authorization: `Bearer ${secrets.get("access_token")}`}),
    explain: (body) => (body as {message?: string} | undefined)?.message
  });
  return {
    kind: "hubspot",
    takes: "rows",
    idempotent: true,
    batchSize,
    concurrency: client.concurrency,
    actions: ["add", "update", "remove"],
    async health() {
      const {body} = await client.request<{list?: {name?: string}}>({method: "GET", path: `/lists/${definition.list}`});
      return `list ${body?.list?.name ?? definition.list}`;
    },
    async deliver({rows}) {
      const {present, gone} = byAction(rows);
      const ids: string[] = [];
      const refused = await splitRefused(present, (some) => upsert(client, some, ids));
      await follow(client, definition.list, ids, await contactIds(client, gone));
      return refused;
    },
    async close() {}
  };
}

async function upsert(client: Client, rows: Placed[], ids: string[]): Promise<Refusal[]> {
  const {body} = await client.request<BatchAnswer>({
    method: "POST",
    path: "/objects/contacts/batch/upsert",
    json: {
      inputs: rows.map((row, i) => ({
        idProperty: "email",
        id: email(row),
        objectWriteTraceId: String(i),
        properties: {email: email(row), ...properties(row)}
      }))
    }
  });
  if (!Array.isArray(body?.results)) throw new DeliveryError("half an answer: it has no results", "unknown", "half");
  ids.push(...body.results.map(({id}) => id));
  return (body.errors ?? []).flatMap(({category, message, context = {}}) =>
    (context.objectWriteTraceId ?? []).map((trace) => ({row: Number(trace), code: category, message}))
  );
}

// HubSpot takes every value as text; the empty text clears a property.
function properties(row: Row): Record<string, string> {
  return Object.fromEntries(
    otherFields(row, {clears: true}).map(([name, value]) => [
      name,
      typeof value === "object" ? JSON.stringify(value) : String(value)
    ])
  );
}

async function contactIds(client: Client, rows: Placed[]): Promise<string[]> {
  if (rows.length === 0) return [];
  const {body} = await client.request<BatchAnswer>({
    method: "POST",
    path: "/objects/contacts/batch/read",
    json: {
      idProperty: "email",
      properties: ["email"],
      propertiesWithHistory: [],
      inputs: rows.map((row) => ({id: email(row)}))
    }
  });
  return (body?.results ?? []).map(({id}) => id);
}

async function follow(client: Client, list: string, add: string[], remove: string[]): Promise<void> {
  if (add.length + remove.length === 0) return;
  await client.request({
    method: "PUT",
    path: `/lists/${list}/memberships/add-and-remove`,
    json: {recordIdsToAdd: add, recordIdsToRemove: remove}
  });
}
